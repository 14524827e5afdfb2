#!/usr/bin/env python3
"""Makes tz_country.csv: the country and city of every time zone of IANA's database that has one.

    make_tz_country.py [ZONEINFO_DIR] > tz_country.csv

Reads the public-domain tables of tzdata (default /usr/share/zoneinfo): zone.tab gives each zone's country and place, zone1970.tab
those of the zones that it alone lists, iso3166.tab the countries' names, tzdata.zi the old names (links) and the zones they stand
for. An old name takes country and place from its zone and the city from itself. Zones without a country (Etc/UTC) have no row.
"""
import csv
import os
import sys

# Since tzdata 2024b these are links. Distributions that keep the older form have rules of their own for them, and no link.
LINKS_SINCE_2024B = {
    "CET": "Europe/Brussels", "EET": "Europe/Athens", "EST": "America/Panama", "HST": "Pacific/Honolulu",
    "MET": "Europe/Brussels", "MST": "America/Phoenix", "WET": "Europe/Lisbon",
}


def rows_of(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as lines:
        return [line.rstrip("\n").split("\t") for line in lines if line.strip() and not line.startswith("#")]


def city_of(zone):
    return zone.rsplit("/", 1)[1].replace("_", " ") if "/" in zone else ""


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else "/usr/share/zoneinfo"
    # Releases of tzdata differ in the apostrophe of Côte d’Ivoire.
    countries = {code: name.replace("'", "\u2019") for code, name in rows_of(folder, "iso3166.tab")}
    places = {zone: (codes.split(",")[0], coordinates) for codes, coordinates, zone, *_ in rows_of(folder, "zone1970.tab")}
    places |= {zone: (code, coordinates) for code, coordinates, zone, *_ in rows_of(folder, "zone.tab")}

    links = dict(LINKS_SINCE_2024B)
    with open(os.path.join(folder, "tzdata.zi"), encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("L "):
                _, zone, old_name = line.split()
                links[old_name] = zone
    for old_name in links:
        zone = old_name
        while zone not in places and zone in links:
            zone = links[zone]
        if zone in places:
            places.setdefault(old_name, places[zone])

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["tz", "cc", "country", "city", "coord"])
    for zone, (code, coordinates) in sorted(places.items()):
        writer.writerow([zone, code, countries[code], city_of(zone), coordinates])


main()
