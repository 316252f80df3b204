"""The memory: functions that take a session, one file per noun."""
