-- Which view a member sees first when they open the list.
CREATE TABLE IF NOT EXISTS case_view_defaults (
  workspace_id  uuid NOT NULL,
  member_id     uuid NOT NULL REFERENCES members,
  view_id       uuid NOT NULL,
  PRIMARY KEY (workspace_id, member_id),
  FOREIGN KEY (workspace_id, view_id) REFERENCES case_views ON DELETE CASCADE
);
