-- Networks of IPv6 are no addresses that anybody logs in from again.
DELETE FROM known_address WHERE address LIKE '%:%';
