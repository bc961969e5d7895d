-- What all servers of a journal have in common and no one may make anew, such as the secret that signs links.
CREATE TABLE shared (name TEXT PRIMARY KEY, value TEXT NOT NULL){strict};
