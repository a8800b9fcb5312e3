-- To which member a message is personally, such as what they are told by e-mail; others who handle cases do not see it.
ALTER TABLE messages ADD COLUMN IF NOT EXISTS member_id uuid;
UPDATE messages m SET member_id = p.id FROM members p
WHERE m.member_id IS NULL AND p.email = m.sent_to[1]
  AND EXISTS (SELECT FROM notice_mails n WHERE n.workspace_id = m.workspace_id AND n.message_id = m.id);

-- Who did what somebody was told of, so that their name goes with them.
ALTER TABLE notices ADD COLUMN IF NOT EXISTS actor_id uuid;

-- What calls of a workspace may reach inside, where the operator leaves that to it; and whom its e-mails are from.
ALTER TABLE workspaces ADD COLUMN IF NOT EXISTS outbound_allow text NOT NULL DEFAULT '';
ALTER TABLE workspaces ADD COLUMN IF NOT EXISTS mail_from text NOT NULL DEFAULT '';
