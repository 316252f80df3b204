# The environment is built in one stage and carried, without its tools, into the other.
FROM python:3.11-slim AS build

WORKDIR /build
COPY requirements/tools.lock requirements/run.lock requirements/
RUN python -m venv /opt/tools \
 && /opt/tools/bin/pip install --no-cache-dir --require-hashes -r requirements/tools.lock \
 && python -m venv /opt/samverkan \
 && /opt/samverkan/bin/pip install --no-cache-dir --require-hashes -r requirements/tools.lock \
 && /opt/tools/bin/uv pip install --no-cache --compile-bytecode --python /opt/samverkan/bin/python \
        --require-hashes --no-build-isolation -r requirements/run.lock

COPY pyproject.toml ./
COPY bot bot
COPY commands commands
COPY config config
RUN /opt/tools/bin/uv pip install --no-cache --compile-bytecode --python /opt/samverkan/bin/python \
        --no-deps --no-build-isolation . \
 && /opt/tools/bin/uv pip uninstall --python /opt/samverkan/bin/python pip setuptools uv

FROM python:3.11-slim

RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin samverkan \
 && install --directory --owner=samverkan --group=samverkan --mode=0700 /data /data/state
COPY --from=build /opt/samverkan /opt/samverkan
ENV PATH=/opt/samverkan/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1

USER samverkan
WORKDIR /data
VOLUME /data/state
STOPSIGNAL SIGTERM
ENTRYPOINT ["samverkan"]
CMD ["run"]
