-- How a step's votes are counted (any, all, first, 2-of ..; null: as mode says), and the nearest
-- change that would have spared it.
alter table step add column vote text;
alter table step add column unless text not null default '';
