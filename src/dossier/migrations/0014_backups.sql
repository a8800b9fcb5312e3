-- When backups were made, for those who look how old the last one is.
CREATE TABLE backups (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz(3) NOT NULL,
    bytes bigint NOT NULL
);
