-- Client certificates that prove a connection as its shared secret does.
create table partner_certificate (
    partner_id text not null references partner (id),
    slot bigint not null check (slot in (1, 2)),
    fingerprint text not null,              -- SHA-256 over the DER, hexadecimal
    created_at bigint not null,
    primary key (partner_id, slot)
);
