-- Requests with an Idempotency-Key that are under way and take long: nobody else begins under it before `until`, which moves while they are.
CREATE TABLE IF NOT EXISTS idempotency_leases (
  actor_id  uuid NOT NULL,
  key       text COLLATE "C" NOT NULL,
  holder    uuid NOT NULL,
  until     timestamptz(3) NOT NULL,
  PRIMARY KEY (actor_id, key)
);
