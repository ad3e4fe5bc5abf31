-- Which line of a returned cart an ordered line was compared with was kept, and never asked for.
alter table requisition_line drop column cart_line_id;
