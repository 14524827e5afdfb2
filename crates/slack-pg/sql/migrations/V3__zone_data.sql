-- Where time zones are. The views that measure the workspace read it.

CREATE TABLE zone_data (
    tz text COLLATE "C" NOT NULL,
    cc text NOT NULL DEFAULT '',
    country text NOT NULL DEFAULT '',
    city text NOT NULL DEFAULT '',
    coord text NOT NULL DEFAULT '',
    PRIMARY KEY (tz)
);
COMMENT ON TABLE zone_data IS 'A time zone, and the city and country that it is in';
COMMENT ON COLUMN zone_data.tz IS 'The zone''s name in IANA''s database, as in user_data.tz';
COMMENT ON COLUMN zone_data.cc IS 'The country, two letters of ISO 3166';
COMMENT ON COLUMN zone_data.country IS 'The country''s English name';
COMMENT ON COLUMN zone_data.city IS 'The city that the zone is named after';
COMMENT ON COLUMN zone_data.coord IS 'The city''s latitude and longitude in ISO 6709: degrees and minutes, north and east are +';
