-- A confirmed price may be in another currency and for more than one unit; without them: as ordered.
alter table confirmation_line add column price_currency text;
alter table confirmation_line add column price_per text;
