-- Replaced by functions that read many at once.
drop function if exists lead_bot.message_json(uuid);
drop function if exists lead_bot.alert_json(uuid, boolean, boolean);
drop function if exists lead_bot.account_json(text, uuid, boolean, boolean);
