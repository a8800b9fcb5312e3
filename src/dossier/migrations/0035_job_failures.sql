-- Why a job failed last: the kind of the error, never its words, which may quote a value.
CREATE TABLE IF NOT EXISTS job_failures (
    job_id bigint PRIMARY KEY REFERENCES procrastinate_jobs ON DELETE CASCADE,
    at timestamptz(3) NOT NULL,
    reason text NOT NULL
);
