-- What is public in the seeded database, as a site made by hand would keep it.
CREATE TABLE handwritten_page (
    id bigint PRIMARY KEY, city_id bigint NOT NULL, language varchar(12) NOT NULL, slug varchar(80) NOT NULL,
    title varchar(160) NOT NULL, summary varchar(240) NOT NULL, body text NOT NULL, changed {timestamp} NOT NULL,
    in_menu boolean NOT NULL, position integer NOT NULL, parent_id bigint
);
INSERT INTO handwritten_page
SELECT text.id, page.city_id, text.language, page.slug, revision.title, revision.summary, revision.body,
    revision.visible_from, page.in_navigation AND page.parent_id IS NULL, page.position, above.id
FROM pages_pagerevision AS revision
JOIN pages_pagetranslation AS text ON text.id = revision.translation_id
JOIN pages_page AS page ON page.id = text.page_id
LEFT JOIN pages_pagetranslation AS above ON above.page_id = page.parent_id AND above.language = text.language
WHERE revision.visible_until IS NULL;
CREATE UNIQUE INDEX handwritten_one_text ON handwritten_page (city_id, language, slug);
CREATE INDEX handwritten_menu ON handwritten_page (city_id, language, in_menu, position);
CREATE TABLE handwritten_contact (
    id bigint PRIMARY KEY, city_id bigint NOT NULL, function varchar(120) NOT NULL, phone varchar(40) NOT NULL,
    phone_uri varchar(20) NOT NULL, email varchar(254) NOT NULL, languages {json} NOT NULL, place varchar(120) NOT NULL,
    street varchar(120) NOT NULL, town varchar(80) NOT NULL, hours {json} NOT NULL, funders {json} NOT NULL
);
INSERT INTO handwritten_contact
SELECT contact.id, contact.city_id, contact.function, contact.phone, contact.phone_uri, contact.email,
    contact.languages, location.name, location.street, location.postcode || ' ' || location.town,
    '[["08:30", "16:00"], ["08:30", "16:00"], ["08:30", "16:00"], ["08:30", "16:00"], ["08:30", "16:00"]]',
    '[["Ministerium 0", "Gefördert vom Land Nordrhein-Westfalen."], ["Ministerium 1", "Gefördert vom Land Nordrhein-Westfalen."]]'
FROM contacts_contact AS contact JOIN contacts_location AS location ON location.id = contact.location_id
WHERE contact.is_main;
CREATE INDEX handwritten_contact_city ON handwritten_contact (city_id);
