-- beside 0015
-- Accounts that an operator has paused, for every server of the journal: nothing is sent there, what is there goes on.
CREATE TABLE pauses (account TEXT PRIMARY KEY, at {integer} NOT NULL, actor TEXT NOT NULL, reason TEXT NOT NULL){keyed};

-- What a project means to spend in a month; its operator is warned, and nothing is refused.
ALTER TABLE projects ADD COLUMN budget_month_micros {integer} CHECK (budget_month_micros >= 0);
