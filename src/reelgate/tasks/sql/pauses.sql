-- Accounts that an operator has paused.

-- pauses: all of them.
SELECT account, at, actor, reason FROM pauses ORDER BY account;

-- pause: pause an account, or say anew why it is.
INSERT INTO pauses (account, at, actor, reason) VALUES (:account, :at, :actor, :reason)
ON CONFLICT (account) DO UPDATE SET at = excluded.at, actor = excluded.actor, reason = excluded.reason;

-- resume: use an account again.
DELETE FROM pauses WHERE account = :account;
