-- Reads what is typed and what is stored alike, however either was written.
-- Plain ASCII, as most names are, takes the short way. Otherwise, from the inside out: every apostrophe goes; signs
-- of one kind are written in one way (full width, ligatures); accents, points and what shows nothing (zero width,
-- direction, soft hyphen) go, and so does case. Chinese, Japanese and Korean signs stand apart from each other, so
-- that the trigram index knows each as a word: found one by one or in a row, whatever blank is between them.
-- Indexes hold what it said: a migration that replaces it makes them again.
CREATE FUNCTION searchable(written text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE
    WHEN octet_length(written) = char_length(written) THEN lower(translate(written, '''`', ''))
    ELSE regexp_replace(
        regexp_replace(
            lower(public.unaccent('public.unaccent'::regdictionary, normalize(
                regexp_replace(
                    normalize(
                        translate(written, U&'''`\00b4\02b9\02bb\02bc\02bd\02c8\2018\2019\201b\2032\ff07', ''),
                        NFKD
                    ),
                    '[\u00ad\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u065f\u0670'
                    '\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]',
                    '', 'g'
                ),
                NFC
            ))),
            '([\u3005-\u3007\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff'
            '\uac00-\ud7a3\uf900-\ufaff\U00020000-\U000323af])',
            U&'\3001\\1\3001', 'g'
        ),
        '\u3001\s*\u3001', U&'\3001', 'g'
    )
END;
