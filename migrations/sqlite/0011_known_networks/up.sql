-- An address is remembered as its network: IPv4 mapped into IPv6 as IPv4, IPv6 by /64. Other addresses of
-- IPv6 are forgotten; their next log-in remembers the network.
INSERT INTO known_address (uid, address)
SELECT uid, substr(address, 8) FROM known_address WHERE address LIKE '::ffff:%.%'
ON CONFLICT DO NOTHING;
DELETE FROM known_address WHERE address LIKE '%:%';
