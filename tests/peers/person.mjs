// Somebody with matrix-js-sdk and its Rust crypto: the client that shares no code with the bot.

import { ClientEvent, MatrixEventEvent, RoomEvent, SyncState, createClient } from "matrix-js-sdk";
import {
    AllDevicesIsolationMode,
    EventShieldReason,
    OnlySignedDevicesIsolationMode,
    decodeRecoveryKey,
} from "matrix-js-sdk/lib/crypto-api/index.js";

const MEGOLM = "m.megolm.v1.aes-sha2";
const POLL_RESPONSE = "org.matrix.msc3381.poll.response";

export class Person {
    /** @param tell hears of what this person reads and where they go */
    constructor(tell) {
        this.tell = tell;
    }

    /** Go online on a device that only exists as long as this process. */
    async arrive({ homeserver, user_id, device_id, access_token, password, strict, recovery_key }) {
        this.password = password;
        this.client = createClient({
            baseUrl: homeserver,
            userId: user_id,
            deviceId: device_id,
            accessToken: access_token,
            cryptoCallbacks: {
                getSecretStorageKey: async ({ keys }) => [
                    Object.keys(keys)[0],
                    decodeRecoveryKey(recovery_key),
                ],
            },
        });
        await this.client.initRustCrypto({ useIndexedDB: false });
        this.crypto.setDeviceIsolationMode(
            strict ? new OnlySignedDevicesIsolationMode() : new AllDevicesIsolationMode(false),
        );
        this.#listen();
        await this.#sync();
        await this.crypto.userHasCrossSigningKeys(user_id, true); // asks; what is there is kept to
        await this.crypto.bootstrapCrossSigning({
            authUploadDeviceSigningKeys: (upload) => this.#signUp(upload),
        });
        return { device_id };
    }

    get crypto() {
        return this.client.getCrypto();
    }

    async say({ room, words, reply_to }) {
        const relation = reply_to && { "m.relates_to": { "m.in_reply_to": { event_id: reply_to } } };
        const content = { msgtype: "m.text", body: words, "m.mentions": {}, ...relation };
        return this.send({ room, type: "m.room.message", content });
    }

    async tap({ room, event, key }) {
        const relation = { rel_type: "m.annotation", event_id: event, key };
        return this.send({ room, type: "m.reaction", content: { "m.relates_to": relation } });
    }

    async choose({ room, poll, choice }) {
        const content = {
            "m.relates_to": { rel_type: "m.reference", event_id: poll },
            [POLL_RESPONSE]: { answers: [choice] },
        };
        return this.send({ room, type: POLL_RESPONSE, content });
    }

    async send({ room, type, content }) {
        return this.client.sendEvent(room, type, content);
    }

    /** Open an encrypted room with one other, as a client does from somebody's profile. */
    async write_to({ user_id }) {
        const secret = { type: "m.room.encryption", state_key: "", content: { algorithm: MEGOLM } };
        return this.client.createRoom({
            preset: "trusted_private_chat",
            is_direct: true,
            invite: [user_id],
            initial_state: [secret],
        });
    }

    /** Lose one's identity and make a new one, as after "reset everything". */
    async reset_identity() {
        await this.crypto.bootstrapCrossSigning({
            setupNewCrossSigning: true,
            authUploadDeviceSigningKeys: (upload) => this.#signUp(upload),
        });
        return {};
    }

    /** Tell what this client thinks of somebody and each of their devices. */
    async opinion({ user_id }) {
        const devices = await this.crypto.getUserDeviceInfo([user_id], true);
        const user = await this.crypto.getUserVerificationStatus(user_id);
        const told = {};
        for (const device of devices.get(user_id)?.keys() ?? []) {
            const status = await this.crypto.getDeviceVerificationStatus(user_id, device);
            told[device] = {
                signed_by_owner: status.signedByOwner,
                verified: status.crossSigningVerified,
            };
        }
        return {
            devices: told,
            verified: user.isCrossSigningVerified(),
            changed: user.needsUserApproval,
            has_identity: await this.crypto.userHasCrossSigningKeys(user_id),
        };
    }

    /** Tell whether one's own secrets are all here, and all in the secret storage. */
    async own_keys() {
        return {
            cross_signing: await this.crypto.isCrossSigningReady(),
            secret_storage: await this.crypto.isSecretStorageReady(),
            ...(await this.crypto.getCrossSigningStatus()),
        };
    }

    /** Tell the public half of one's master key. */
    async fingerprint() {
        return { master: await this.crypto.getCrossSigningKeyId() };
    }

    async leave() {
        this.client.stopClient();
        return {};
    }

    #listen() {
        this.client.on(RoomEvent.Timeline, (event) => {
            if (event.status === null && !event.isEncrypted()) this.#read(event);
        });
        this.client.on(MatrixEventEvent.Decrypted, (event) => this.#read(event));
        this.client.on(RoomEvent.MyMembership, (room, membership) => this.#moved(room, membership));
    }

    async #sync() {
        await this.client.startClient({ initialSyncLimit: 100 });
        await new Promise((resolve) => {
            const prepared = (state) => {
                if (state !== SyncState.Prepared) return;
                this.client.off(ClientEvent.Sync, prepared);
                resolve();
            };
            this.client.on(ClientEvent.Sync, prepared);
        });
    }

    /** Go in wherever one is invited. */
    async #moved(room, membership) {
        this.tell({ moved: { room_id: room.roomId, membership } });
        if (membership === "invite") await this.client.joinRoom(room.roomId);
    }

    /** Tell of an event as this person sees it: its words, or why there are none. */
    async #read(event, tries = 0) {
        // The first words of a device may come before the keys of the device have been asked for.
        if (event.decryptionFailureReason === "UNKNOWN_SENDER_DEVICE" && tries < 20) {
            setTimeout(async () => {
                await event.attemptDecryption(this.crypto, { isRetry: true });
                if (event.isDecryptionFailure()) await this.#read(event, tries + 1);
            }, 250);
            return;
        }
        const shield = await this.crypto.getEncryptionInfoForEvent(event);
        this.tell({
            read: {
                room_id: event.getRoomId(),
                event_id: event.getId(),
                sender: event.getSender(),
                type: event.getType(),
                content: event.getOriginalContent(),
                encrypted: event.isEncrypted(),
                failure: event.decryptionFailureReason,
                warning: shield?.shieldReason == null ? null : EventShieldReason[shield.shieldReason],
            },
        });
    }

    /** Publish one's identity; a second time the homeserver wants the password. */
    async #signUp(upload) {
        try {
            await upload(null);
        } catch (error) {
            if (error.httpStatus !== 401) throw error;
            const identifier = { type: "m.id.user", user: this.client.getUserId() };
            const proof = { type: "m.login.password", identifier, password: this.password };
            await upload({ ...proof, session: error.data.session });
        }
    }
}
