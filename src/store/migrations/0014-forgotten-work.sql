-- Work about what was deleted that a process had under way then: its row in the engine goes when it has ended. Additive.
CREATE TABLE forgotten_work (workflow_id text PRIMARY KEY);
