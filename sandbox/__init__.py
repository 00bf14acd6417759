"""A province: invented submissions, senders' APIs and SFTP server, a national system that checks what it gets.

Every figure is invented and says so: in each file, payload, answer and receipt. Nothing in ``src/`` knows of this
package.
"""

INVENTED_VI = "SỐ LIỆU GIẢ LẬP (sandbox) – không phải số liệu thật"
INVENTED_EN = "Invented figures of the sandbox; nothing here is a real count."

NIGHT = "2025-07-17T01:00:00+07:00"
SEED = 2025
MANIFEST = "manifest.csv"
