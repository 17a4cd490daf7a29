"""Web pages and feeds -> documents, when the user says so.

    addresses    a web address, and which network addresses may be connected to
    robots       what a site lets programs fetch
    connection   one request to an address that was checked, within limits of time and size
    client       an address -> its bytes, over redirects and with the site's rules
    kept         the stored files of a library, with what is known of each address
    saved_pages  fetches, stores and follows addresses

Nothing here runs unless the user names an address, or has asked for one to be followed.
"""
