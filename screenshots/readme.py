def take(browsers, site, say): pass
