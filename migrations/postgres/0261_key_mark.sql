-- A digest that only the master key of the first start makes: another key is told at once.
create table key_mark (
    id bigint primary key check (id = 1),
    digest text not null
);
