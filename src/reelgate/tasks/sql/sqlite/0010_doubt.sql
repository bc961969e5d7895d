-- References that were told of an attempt of which nobody knew whether it arrived, one on a line: perhaps not all are its.
ALTER TABLE attempts ADD COLUMN heard TEXT NOT NULL DEFAULT '';

-- Since when the answers about a task's job are not understood (ms); NULL while they are.
ALTER TABLE tasks ADD COLUMN odd_since INTEGER;
