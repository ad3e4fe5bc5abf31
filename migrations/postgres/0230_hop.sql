-- When the browser came back with its cookie; the way by the address is closed from then on.
alter table punchout_session add column cookie_at bigint;
