-- What came or went beside a document, in a multipart body. Bytes as they are without transfer
-- encoding; rows of an outgoing document are frozen with it.
create table attachment (
    document_id text not null,
    position integer not null,
    content_id text not null,
    content_type text not null,
    name text not null,
    body blob not null,
    sha256 text not null,
    primary key (document_id, position)
) strict;

-- Which of them belong to an order that arrived: to its head (line_id empty) or to one line.
create table requisition_attachment (
    requisition_id text not null,
    line_id text not null,
    document_id text not null,
    position integer not null,
    primary key (requisition_id, line_id, document_id, position)
) strict;
