-- "What came lately of this stretch of time?" is asked whenever a conversation seems to be quiet. Additive.
CREATE INDEX recordings_near ON recordings (user_id, device_id, started_at_ms);
