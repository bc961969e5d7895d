"""Every limit on size, count and time, in one place. What a model allows stands in the catalog instead."""

from __future__ import annotations

# Requests
MAX_BODY_BYTES = 64 * 1024 * 1024  # Largest request body; a create with nine 5 MB pictures as data URIs fits
MAX_SMALL_BODY_BYTES = 1024 * 1024  # Largest body without media: quotes, assets, projects and keys, text-only forms
MAX_BODY_TEXT_BYTES = 8 * 1024 * 1024  # Largest JSON body, not counting Base64 data
MAX_BODY_VALUES = 200_000  # Commas, colons, brackets and braces in a JSON body; many times what any create needs
MAX_DISCARDED_BYTES = 4 * MAX_BODY_BYTES  # Bytes of a refused body read and dropped, so that its client gets the error
MAX_CLIENT_REF_CHARS = 1_048_576  # Longest note that a client attaches to a task (`payload` at Vidu)
MAX_METADATA = 16  # Metadata entries per task
MAX_METADATA_NAME_CHARS = 64  # Longest name of a metadata entry
MAX_METADATA_VALUE_CHARS = 512  # Longest value of a metadata entry
MAX_PROMPT_CHARS = 20_000  # Longest prompt, where the model sets no limit of its own
MAX_MEDIA_ITEMS = 64  # Items in an array of a request; more than any model takes
MAX_UNKNOWN_FIELDS_NAMED = 32  # Fields listed in a response header about unknown or ignored fields
MAX_UNREAD_VALUES = 10_000  # Values in fields that the API does not read; each is checked, because it may be an input
MAX_FORM_PARTS = 256  # Parts of a form; more than any model's inputs and settings together
MAX_FORM_DEPTH = 4  # Nesting levels (brackets) in the name of a form field
BODY_PIECE_BYTES = 32 * 1024  # Bytes of a body decoded before others get a turn; larger creates are hashed in a thread
INLINE_BODY_BYTES = 16 * 1024  # Largest form that is parsed without a thread
PAGE_SIZE = 20  # Default page size of lists
MAX_PAGE_SIZE = 100  # Largest page size of lists
STOP_SECONDS = 5.0  # How long a delete waits for a task that is still running to stop
MAX_LISTED_IDS = 500  # Ids that one list call may name

# Repeated creates
MAX_IDEMPOTENCY_KEY_CHARS = 255  # Longest idempotency key
RETRY_SECONDS = 60.0  # How long after a create an SDK's retry of it is recognised without an idempotency key
UNHEARD_SECONDS = 60.0  # How long after an undelivered answer the same create returns the same task
MAX_UNHEARD = 10_000  # Undelivered answers that one server remembers; the oldest are forgotten first
UNHEARD_LOOK_SECONDS = 1.0  # Interval between checks for answers that other servers could not deliver
STUCK_SECONDS = 2.0  # How long an answer may stay unacknowledged; a repeat after that shows that its client is gone
CREATE_WRITE_SECONDS = 20.0  # How long a create waits for an unreachable journal, in addition to --admission-seconds
CREATE_STATEMENT_SECONDS = 8.0  # Timeout of one attempt to write creates to PostgreSQL; then its outcome is looked up
SLOW_503_SECONDS = 2.0  # Delay before a query gets 503 while the journal is away, as some clients retry at once

# Load on a server
CREATES_AT_ONCE = 1024  # Concurrent creates; further ones get 503
CREATES_AT_ONCE_SHARE = 2  # Divisor of the concurrent creates for one project (2 means half); its further ones get 429
BODY_BYTES_AT_ONCE = 512 * 1024 * 1024  # Bytes of request bodies in memory; calls beyond that get 503
PROJECT_BODY_BYTES_AT_ONCE = 256 * 1024 * 1024  # Bytes of one project's bodies in memory; calls beyond that get 429
CALLS_PER_MINUTE = 6000  # Calls of a project that has no rate, for each of quotes, assets, uploads, projects and keys
MAX_OPEN_TASKS = 1_000_000  # Open tasks in the journal; beyond that creates get 503

# Queue positions
LINE_COUNTED = 1000  # Last queue position that is reported; for tasks behind it the position is null
LINE_KEPT_MS = 1000  # How long a queue and the reason why its tasks wait are cached, in milliseconds
LINES_KEPT = 256  # Queues that are cached, and as many reasons

# Notifications between servers that share a journal
HINTS_SECONDS = 0.05  # Shortest interval between two notifications from one server
HINTS_CHECK_SECONDS = 30.0  # Time without notifications after which the connection is tested
HINTS_AGAIN_SECONDS = 2.0  # Delay before a lost connection is opened again

# Batches
MAX_BATCH_BYTES = 8 * 1024 * 1024  # Largest file of purpose `batch`
MAX_BATCH_LINES = 10_000  # Requests in one batch
MAX_BATCH_ERRORS = 50  # Errors listed for a file that is not a valid batch
MAX_BATCH_METADATA = 16  # Metadata entries per batch
BATCH_WINDOW_SECONDS = 24 * 3600  # How long a batch may take; requests that are still open after that are cancelled
BATCHES_PER_PROJECT = 50  # Open batches per project; further ones get 429
BATCH_LINES_AT_ONCE = 50  # Requests of one batch that run at a time; money is held for these only
BATCH_LEASE_SECONDS = 30.0  # How long a server may hold a batch; another server continues it after that
BATCH_LOOK_SECONDS = 1.0  # Interval between checks of open batches
BATCH_WAITS = 256  # Calls that may wait for a batch at one server; further ones are answered at once
MAX_FILES_LISTED = 10_000  # Files returned by one list call

# Connections
KEEP_ALIVE_SECONDS = 125.0  # How long an idle connection stays open; longer than common client pools keep theirs
MAX_CONNECTIONS = 16384  # Open connections; fewer where the process may open fewer files
FEW_CONNECTIONS = 1000  # Number of possible connections below which the log has a warning
REQUESTS_AHEAD = 64  # Requests that one connection may send before they are answered
MAX_HEAD_BYTES = 64 * 1024  # Size of a request's headers, and of its trailers
MAX_HEAD_FIELDS = 100  # Fields in a request's headers, and in its trailers
REPEATED_BYTES = 2048  # Largest request without a body that a connection caches, so that a repeat is not parsed again
HEAD_SECONDS = 15.0  # Time for a request's head from first to last byte, and from connecting to that first byte
BODY_SECONDS = 30.0  # Time for a request body, plus one second per BODY_BYTES_A_SECOND received
BODY_BYTES_A_SECOND = 256 * 1024  # Received bytes of a body that add one second to BODY_SECONDS
ANSWER_STALL_SECONDS = 120.0  # How long a client may read nothing of its answer; then the connection is closed
LINGER_SECONDS = 2.0  # How long data from a refused client is read and dropped, so that the client gets the error
CROWD_SECONDS = 2.0  # Near the connection limit: how long a new connection may be silent before it may be closed
RESERVED_DESCRIPTORS = 256  # Open files reserved for the journal, fetches and vendors
DESCRIPTORS_PER_WORKER = 8  # Open files reserved for each worker, in addition
POOL_MARGIN_SECONDS = 5.0  # Added to the pool time of clients that are known to keep connections longer

# Events
LISTENERS = 4096  # Event streams and waiting calls per server; further ones get 503
PROJECT_LISTENERS = 2048  # Event streams and waiting calls per project at one server; further ones get 503
EVENTS_AHEAD = 256  # Unsent events per listener; beyond that its stream ends, and it catches up when it reconnects
EVENTS_HEARTBEAT_SECONDS = 15.0  # Interval between keep-alive comments on an idle stream
EVENTS_RETRY_MS = 2000  # Delay before a reconnect that clients get, in milliseconds
POLL_AFTER_SECONDS = 5  # `poll_after` if the end of a task can't be estimated
LONGEST_POLL_AFTER_SECONDS = 30  # Largest estimated `poll_after`
WAIT_SECONDS = 50.0  # Longest time that a query waits for a change; shorter than common proxy timeouts

# Webhooks
WEBHOOKS_PER_PROJECT = 20  # Webhooks per project
WEBHOOK_URL_CHARS = 2048  # Longest URL of a webhook, and longest `callback_url` of a task
WEBHOOK_CONNECT_SECONDS = 5.0  # Timeout for looking up a receiver, and for connecting to it
WEBHOOK_SECONDS = 15.0  # Timeout for a receiver's whole answer
WEBHOOK_ANSWER_SECONDS = 2.0  # Timeout for an answer's body after its status has arrived
WEBHOOK_LEASE_SECONDS = 60.0  # How long a server may hold deliveries; another server sends them after that
WEBHOOK_ANSWER_CHARS = 1000  # Characters of an answer that are stored
WEBHOOK_ANSWER_BYTES = 16 * 1024  # Bytes of an answer that are read; the rest is ignored
WEBHOOK_SENT_CHARS = 64 * 1024  # Characters of the sent body that are stored
WEBHOOK_TRIES_KEPT = 20  # Attempts stored per delivery, the latest ones
WEBHOOK_RETRY_SECONDS = (5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800, 57_600, 72_000, 72_000)  # Retry delays
WEBHOOK_RETRY_AFTER_SECONDS = 3600  # Longest Retry-After that is accepted from a receiver
WEBHOOK_DEAD_SECONDS = 3 * 86_400.0  # How long all deliveries to a webhook must fail before it is switched off
WEBHOOK_KEPT_SECONDS = 7 * 86_400.0  # How long a finished delivery can be seen and replayed
WEBHOOK_OVERLAP_SECONDS = 24 * 3600  # How long a former secret still signs, by default
WEBHOOK_LONGEST_OVERLAP_SECONDS = 30 * 86_400  # Longest such time that can be asked for
WEBHOOK_FORMER_SECRETS = 3  # Former secrets that sign in addition to the current one
WEBHOOK_REPLAYS = 1000  # Failed deliveries that one call can replay
WEBHOOKS_AT_ONCE = 128  # Concurrent deliveries per server
WEBHOOKS_AT_ONCE_PER_PROJECT = 48  # Concurrent deliveries per project at one server
WEBHOOKS_AT_ONCE_PER_RECEIVER = 8  # Concurrent deliveries per receiver at one server
WEBHOOK_PAUSE_AFTER = 3  # Failed deliveries in a row after which a receiver gets one at a time
WEBHOOK_PAUSE_SECONDS = 1.0  # Pause before the first of these; doubled after each failure
WEBHOOK_LONGEST_PAUSE_SECONDS = 10.0  # Longest such pause
WEBHOOK_RECEIVERS_REMEMBERED = 10_000  # Failing receivers that are remembered; the oldest beyond that are tried at once
WEBHOOK_LOOK_SECONDS = 1.0  # Interval between checks for due deliveries
WEBHOOK_FIRST_LOOK_SECONDS = 0.05  # How long state changes are collected before deliveries are made from them
WEBHOOK_QUIET_LOOK_SECONDS = 0.5  # The same while nothing waits for a webhook or `callback_url`
WEBHOOK_STOP_SECONDS = 3.0  # How long a stopping server waits for receivers' answers

# Renders on a Ray cluster
RAY_JOIN_SECONDS = 60.0  # Timeout for joining a cluster; then joining is tried again
RAY_LOOK_SECONDS = 0.5  # Interval between checks of a render's progress
RAY_PLACE_SECONDS = 60.0  # How long to wait for an actor whose process is being replaced or whose disk is full
RAY_STOP_SECONDS = 2.0  # How long an actor may take to stop a render before the actor is killed
RAY_IDLE_SECONDS = 60.0  # How long an unused actor is kept
RAY_AGAIN_SECONDS = 2.0  # Delay before a lost cluster is joined again; doubled after each failed attempt
RAY_AGAIN_MAX_SECONDS = 30.0  # Longest such delay; each attempt takes a second of CPU time

# Traces
TRACES_SECONDS = 10.0  # Timeout for sending a batch of spans to a collector, retries included
TRACES_STOP_SECONDS = 3.0  # How long a stopping server waits for the last spans to be sent

# Agents
AGENT_WAIT_SECONDS = 300.0  # Longest time that an agent's tool waits for a video; the agent may call it again
AGENT_BODY_BYTES = 4 * 1024 * 1024  # Largest message; larger inputs are sent by URL, or through POST /v1/files
AGENT_LIST_BYTES = 256 * 1024  # Tasks that an agent's list gives whole; further ones are a line each
AGENT_ASK_ABOVE = 1.0  # Price in USD above which the user is asked to confirm an order, by default
AGENT_ORDERS_ANEW = 20  # Orders with the same arguments that may end without a video before the next is refused

# Console and accounts
SESSION_SECONDS = 12 * 3600.0  # How long a sign-in lasts
SIGN_INS_PER_MINUTE = 10  # Wrong keys per minute from one address; further attempts get 429
SIGN_IN_ADDRESSES = 10_000  # Addresses whose wrong keys are counted
MAX_LOOKED_AT = 20_000  # Tasks that are searched for one page of an operator's list of all projects
MAX_REASON_CHARS = 200  # Longest reason given for pausing an account
ACCOUNT_TEST_SECONDS = 20.0  # Timeout of an account test
MODEL_AGAIN_SECONDS = 15.0  # Interval between checks whether the removed model of a job at a vendor is back
LEAVING_LOOK_SECONDS = 5.0  # Interval between searches for another account for a task whose account was removed
LEAVING_TEND_SECONDS = 1.0  # Interval between checks whether a removed account still has work in progress
RETIRED_SECONDS = 120.0  # How long an account's former connection is kept after the last step that used it
CONSOLE_PAGE = 24  # Tasks or models per page
CONSOLE_INPUTS = 16  # Files in one form of the console
CONSOLE_COMPARED = 4  # Models compared side by side
CONSOLE_COUNTED = 1000  # Tasks counted per state; more are shown as "1,000+"
CONSOLE_SEARCHED = 2000  # Tasks that one search of the console examines; the next page continues from there

# Journal
STORE_READ_SECONDS = 5.0  # Timeout of a read from a database server, the wait for a connection included
STORE_CONNECT_SECONDS = 5.0  # Timeout for connecting to it, where its URL has no connect_timeout
METRICS_SECONDS = 5.0  # Shortest interval between two reads of the journal for /metrics, and timeout of one
ACCEPT_SECONDS = 60.0  # How long a server tries to record a job that a vendor accepted while the journal is unreachable
ACCEPT_AGAIN_SECONDS = 0.25  # Interval between these attempts
READY_SECONDS = 0.8  # Timeout for each component that /readyz checks

# Projects and keys
MAX_NAME_CHARS = 100  # Longest name of a project or key
MAX_KEY_MODELS = 100  # Entries in a key's list of allowed models
KEY_OVERLAP_SECONDS = 24 * 3600  # How long the former secret of a rotated key still works, by default
MAX_KEY_OVERLAP_SECONDS = 30 * 24 * 3600  # Longest such time that can be asked for

# Money
QUOTE_SECONDS = 15 * 60  # How long a quote guarantees its price
HOLD_LATE_SECONDS = 48 * 3600  # Age at which a hold that is still open is reported to the operator
MAX_USAGE_DAYS = 366  # Days that one usage query can cover
MAX_PAYMENT_MICROS = 10**15  # Largest payment or correction, in micros: one billion, far below the limit of 64 bits
MAX_PAYMENT_TEXT_CHARS = 200  # Longest reference of a payment, and longest reason

# Inputs
ADMISSION_SECONDS = 5.0  # How long a create waits for its inputs; after that they are fetched in the background
FETCH_SECONDS = 120.0  # Longest time that fetching one input may take
FETCH_CONNECT_SECONDS = 10.0  # Timeout for connecting to a media server
S3_CALL_SECONDS = 10.0  # How long a bucket may send nothing before a call fails
S3_RETRY_SECONDS = 20.0  # How long a failed call to a bucket is retried
S3_TRANSFER_SECONDS = 600.0  # Longest time that one call to a bucket may take
S3_LINK_SECONDS = 300  # How long a link to the bucket is valid; a download must begin within that time
S3_CACHE_BYTES = 8 * 1024 * 1024 * 1024  # Bucket files cached on the local disk; those unused longest are removed first
FETCH_LOOK_BYTES = 16 * 1024 * 1024  # Fetched bytes of a file between two checks of free disk space
FETCH_IDLE_SECONDS = 20.0  # Longest pause in the data of a fetch
FETCH_REDIRECTS = 3  # Redirects that a fetch follows
FETCH_INFORMATIONAL = 20  # Informational answers (1xx) that a media server may send before the final one
FETCH_SMALL_CHUNKS = 2000  # Chunks after which a fetch fails if their average size is below FETCH_SMALL_CHUNK_BYTES
FETCH_SMALL_CHUNK_BYTES = 64  # Smallest average chunk size of a fetch with more than FETCH_SMALL_CHUNKS chunks
FETCH_HEAD_BYTES = 16 * 1024  # Largest informational answer (1xx)
LOOKUPS_AT_ONCE = 32  # Concurrent DNS lookups
LOOKUPS_PER_PROJECT = 4  # Concurrent DNS lookups per project
LOOKUPS_PER_DOMAIN = 4  # Concurrent DNS lookups per registered domain, for all projects together
FETCHES_AT_ONCE = 128  # Concurrent fetches
FETCHES_PER_PROJECT = 32  # Concurrent fetches per project
FETCHES_PER_HOST = 8  # Concurrent fetches per project and host; further ones wait without delaying other hosts
MAX_MEDIA_BYTES = 200 * 1024 * 1024  # Largest input file
MAX_IMAGE_PIXELS = 50_000_000  # Largest picture in pixels, just over 8000 x 6000; checked before decoding
MAX_PROFILE_BYTES = 16 * 1024 * 1024  # Largest colour profile of a picture after unpacking; a larger one is ignored
MAX_VIDEO_PIXELS = 9_000_000  # Largest video frame in pixels; 4096 x 2160 fits
MAX_WEBP_PIXELS = 25_000_000  # Largest WebP in pixels; reading one takes five times the memory
MAX_JPEG_SCANS = 100  # Scans of a progressive JPEG; each covers the whole picture, and usual files have ten
MAX_STREAMS = 64  # Tracks of a clip; films with one per microphone and camera sensor have a few dozen
MAX_PACKETS = 250_000  # Packets of one track: an hour of video at 60 frames per second, or nearly two hours of MP3
MIN_SAMPLE_RATE = 2000  # Lowest sample rate of audio, in Hz; telephone audio has 8000
MAX_BOXES = 20_000  # Boxes of an MP4; a film in one-second fragments has a few thousand
PROBE_SECONDS = 20.0  # Time limit for reading one input file (a probe); a slower one is the server's fault
PROBE_QUEUE_SECONDS = 30.0  # How long an input waits for a free probe process; then the call gets 503
PROBE_START_SECONDS = 30.0  # Timeout for starting a probe process
PROBE_CPU_SECONDS = 5  # CPU time of one probe
PROBE_MEMORY_BYTES = 1024 * 1024 * 1024  # Address space of a probe process
PROBE_DESCRIPTORS = 64  # Open files of a probe process
POSTER_SIDE = 640  # Longer side of a thumbnail, in pixels
SHEET_PICTURES = 12  # Pictures in a video's contact sheet
SHEET_SIDE = 320  # Longer side of each of these pictures, in pixels
POSTER_MAX_BYTES = 4 * 1024 * 1024  # Largest answer of a probe process, such as a thumbnail

# Conversion of results to MP4
REMAKES_AT_ONCE = 1  # Concurrent conversions per server; one uses both cores of a small machine
LAST_PICTURES_AT_ONCE = 2  # Last frames of vendors' videos that one server draws at a time
REMAKE_SECONDS = 900.0  # Time limit for converting one file; then its process is killed
REMAKE_MEMORY_BYTES = 3 * 1024 * 1024 * 1024  # Address space of a conversion process
REMAKE_THREADS = 2  # Encoder threads of a conversion
REMAKE_NICE = 10  # Niceness of a conversion process, so that requests and renders come first
REMAKE_DESCRIPTORS = 64  # Open files of a conversion process

# Renders
RENDER_MEMORY_BYTES = 3 * 1024 * 1024 * 1024  # Address space of one render process
RENDER_DESCRIPTORS = 256  # Open files of a render process: one per input, two for the clip
PROGRESS_EVERY_FRAMES = 6  # Frames between two progress reports
RENDER_STALL_SECONDS = 300.0  # How long a render process may report nothing before it is killed
RENDER_STARVING_WAITS = 12  # How often that wait is repeated for a process that is ready to run but gets no CPU time
RENDER_CRASHES = 2  # Crashes or stalls of a job's render process after which the job fails as their cause
RENDER_CRASHES_REMEMBERED = 256  # Jobs whose crashes are counted
DIFFUSION_STALL_SECONDS = 1800.0  # RENDER_STALL_SECONDS of a model on a GPU, which is silent while loading and decoding
FETCHED_KEPT_SECONDS = 3600.0  # How long a result stays after a complete download, with `--keep results=fetched`
SIZES_AT_ONCE = 200  # Files that are measured at a time, for used space and quotas
KEEP_FREE_MB = 512  # Free MB on the data and media disks below which creates are refused, so that open tasks can end
MIN_FREE_BYTES = 256 * 1024 * 1024  # Free space on the data folder's disk below which no render starts

# Previews
PREVIEW_PROCESSES = 2  # Processes that draw stills, besides the renders; all have started after the first use
PREVIEW_WARM_SECONDS = 5.0  # Delay after the server's start before the first of these processes starts
PREVIEW_SIDE = 480  # Longer side of a still, in pixels
PREVIEW_SECONDS = 0.4  # How long an answer waits for its stills; the rest are drawn when their links are opened
PREVIEW_INLINE_SECONDS = 5.0  # How long an answer that contains its stills waits for them
PREVIEW_TELL_SECONDS = 30.0  # Timeout for the storyboard in words; it takes long only while the processes start
PREVIEW_INPUT_SECONDS = 2.0  # How long a preview waits for its inputs; without them it is made from the prompt alone
PREVIEW_DRAW_SECONDS = 20.0  # Time limit for drawing one still; then its process is killed
PREVIEWS_PER_MINUTE = 240  # Previews of a project that has no rate
PREVIEWS_AT_ONCE = 64  # Concurrent previews per server; further ones get 503
PREVIEWS_PER_PROJECT = 16  # Concurrent previews per project; further ones get 429
PREVIEW_MOST_SECONDS = 60  # Longest clip that is drawn from the prompt alone
PREVIEWS_KEPT = 2000  # Previews whose stills one server can still draw; the oldest are forgotten first
PREVIEW_STILLS_SECONDS = 15 * 60  # How long a still's link works; as long as its quote is valid
PREVIEW_STILLS_BYTES = 64 * 1024 * 1024  # Storyboards and stills that one server caches; the oldest are dropped first
PREVIEW_MEMORY_BYTES = 2 * 1024 * 1024 * 1024  # Address space of one process that draws stills
MAX_WORDS_NOT_READ = 32  # Words of a prompt that a preview lists as not understood

# Vendors
VENDOR_CALL_SECONDS = 60.0  # Timeout for an answer; the outcome of a submission that takes longer is unknown
VENDOR_RELAY_CREATE_SECONDS = 300.0  # The same for a submission to a relay that has no list of jobs to search
VENDOR_CONNECT_SECONDS = 10.0  # Timeout for connecting
VENDOR_CONNECTIONS = 100  # Connections per account; further calls wait for a free one
VENDOR_IDLE_SECONDS = 5.0  # How long an idle connection is kept
VENDOR_CLOSE_SECONDS = 2.0  # How long removing an account waits for its connections to close
VENDOR_UNREAD_SECONDS = 120  # How long a vendor may accept no data before the system closes the connection (Linux)
VENDOR_HEADER_BYTES = 64 * 1024  # Longest header line of an answer
VENDOR_UPLOAD_BYTES_PER_SECOND = 64 * 1024  # Bytes of a submission that add one second to its timeout
VENDOR_ANSWER_BYTES = 8 * 1024 * 1024  # Largest answer; a page of 500 jobs has half a megabyte
VENDOR_ANSWER_VALUES = 100_000  # Values in one answer; reading more would delay other requests
VENDOR_KEPT_BYTES = 16 * 1024  # How much of an unreadable answer to a submission is stored with its task
VENDOR_RETRY_AFTER_MAX_SECONDS = 600.0  # Longest Retry-After that is accepted from a vendor
VENDOR_JOBS_AT_ONCE = 5  # Concurrent jobs of an account, by default; the least that the vendors allow
VENDOR_SUBMISSIONS_PER_MINUTE = 60  # Submissions per minute of an account, by default
VENDOR_POLL_SECONDS = 5.0  # Poll interval of an account, by default
VENDOR_READS_PER_SECOND = 20.0  # Reads per second of an account, polls included, by default; DashScope allows no more
PACE_TASKS = 1000  # Latest tasks from which a new process learns how long jobs take
PACE_SPANS = 48  # Recent jobs of one kind (model, mode, size, length) from which an account's durations are learned
PACE_SORTS = 2000  # Kinds of jobs that are remembered; those unused longest are forgotten first
PACE_JOBS = 100_000  # Jobs at vendors whose polls one server tracks
PACE_UNSEEN_SECONDS = 600.0  # How long after its due poll a job that was not polled here still counts as open
PACE_FIRST = 8  # Finished jobs of a kind after which the polls of the others are no longer made earlier
PACE_SCOUTED = 3  # Until so many jobs of a kind have finished, the oldest of several is polled often
PACE_SCOUT_FOR = 4  # Concurrent jobs of a kind at a vendor that are needed for that
PACE_UNPLACED_SHARE = 0.25  # Largest share of an account's reads for polls at which no job is expected to end
PACE_SCOUT_SECONDS = 1.0  # Interval between polls of that oldest job
PACE_SCOUT_SHARE = 0.03  # The same as a share of the job's elapsed time, where that is longer
PACE_SCOUTED_WAIT = 1.4  # Factor by which the other jobs' poll intervals are longer meanwhile
PACE_GAP_SECONDS = 0.2  # Poll interval near the expected end of jobs under a minute, where that takes no more reads
PACE_LONG_GAP_SECONDS = 1.2  # The same for longer jobs
PACE_LATE_SHARE = 0.03  # Share of jobs whose end may be noticed later than that
MADE_SECONDS = 5.0  # How long a vendor's answer about a finished job is used before it is asked for the file again
MADE_KEPT = 4096  # Such answers that one server remembers
PACE_EARLY_SHARE = 0.1  # Share of jobs that are first polled too early, to notice when a vendor becomes faster
PACE_KEEP_SECONDS = 10.0  # Interval between saves of what was learned
VENDOR_LOOKS_AT_ONCE = 64  # Concurrent polls per account; further ones wait
GATHER_SECONDS = 0.05  # Time within which due polls are combined into one call, where a vendor accepts lists
GATHER_MOST = 64  # Jobs in one such call; their ids are part of its URL
LOOK_SOON_SECONDS = 2.0  # Delay before the first search for a submission whose outcome is unknown
VENDOR_FINDS = 5  # Divisor of the elapsed time that gives the interval between searches: a fifth of it
VENDOR_FIND_SECONDS = 15.0  # Shortest interval between searches
VENDOR_LOOK_MAX_SECONDS = 6 * 3600.0  # Longest interval between searches
UNKNOWN_SECONDS = 3600.0  # How long such a submission is searched for before its task ends, by default
PARKED_TEND_SECONDS = 5.0  # Interval between checks for parked submissions that are due
PARKED_AT_ONCE = 8  # Parked submissions of one account that are searched for at a time
PARKED_LEASE_SECONDS = 2 * 3600.0  # How long a server may hold a parked submission; another one takes it up after that
MAX_RESOLVED = 10_000  # Parked submissions that one `tasks resolve --account` settles
VENDOR_WATCH_MAX_SECONDS = 60.0  # Longest interval between polls of a job that takes very long
VENDOR_SETTLE_SECONDS = 60.0  # How long after a submission a vendor's answer that the job does not exist is ignored
VENDOR_ODD_SECONDS = 900.0  # How long answers may be unintelligible before their job frees its place at its account
MAX_HEARD_CHARS = 2000  # Characters of the job references that callbacks gave for one submission
VENDOR_BARE_ERROR_SECONDS = 120.0  # How long a vendor must report an error and no state of a job before the job fails
VENDOR_MISSED_SECONDS = 600.0  # How long a vendor must not know a job before the job counts as lost
VENDOR_CLOCK_SKEW_SECONDS = 5.0  # Tolerance between a vendor's times and its clock when its list of jobs is searched
VENDOR_AHEAD_MAX_SECONDS = 24 * 3600.0  # Largest gap between a vendor's clock and ours; dates beyond it are ignored
VENDOR_ARRIVAL_SECONDS = 180.0  # Time within which a submitted job is in that list, uploads and waits included
VENDOR_REFS_SECONDS = 24 * 3600.0  # How long job references are remembered, so that no job is found twice
CALLBACK_SKEW_SECONDS = 300.0  # Largest difference between a signed callback's date and the server's time
MAX_CALLBACK_BYTES = 1024 * 1024  # Largest callback of a vendor, which repeats the job's own data
BREAKER_FAULTS = 3  # Faults in a row after which an account is paused
BREAKER_SECONDS = 5.0  # Pause after one fault; doubled for each further one in a row
BREAKER_MAX_SECONDS = 300.0  # Longest such pause
TRIAL_SECONDS = VENDOR_CALL_SECONDS + 15.0  # How long the one trial call after a pause may take before another is made
TRIAL_LOOK_SECONDS = 1.0  # Interval between checks whether the trial call has ended
PUT_BACK_SECONDS = 1.0  # Delay before a job that was not accepted is submitted again; doubled each further time
PUT_BACK_MAX_SECONDS = 60.0  # Longest such delay
UNSENDABLE_TRIES = 3  # Attempts at a job that can't be sent in the form its accounts require; then it fails
COLLECT_TRIES = 4  # Download attempts in one step; each continues where the one before stopped
COLLECT_AGAIN_SECONDS = 15.0  # Shortest delay before the next step; 1/20 of the elapsed time, up to LATE_LOOK_SECONDS
HUGE_AGAIN_SECONDS = 900.0  # Delay before a file larger than MAX_RESULT_BYTES is downloaded again
BAD_RESULT_SECONDS = 3600.0  # How long a vendor's link that does not lead to a video is tried again, by default
COLLECTS_AT_ONCE = 16  # Results that one server downloads at a time
MAX_SAID_SECONDS = 24 * 3600.0  # Longest video length that a vendor may state; a larger number is ignored
MAX_RESULT_BYTES = 2 * 1024 * 1024 * 1024  # Largest result file
COLLECT_SECONDS = 1800.0  # Time limit for downloading one result
INLINE_MEDIA_BYTES = 20 * 1024 * 1024  # Largest input that is sent as a data URI
VIDU_BODY_BYTES = 20 * 1000 * 1000  # Largest create that is sent to Vidu

# Conductor
REPLICA_DEAD_SECONDS = 30.0  # How long an engine may not answer before another one of its account makes its jobs
LEASE_SECONDS = 12.0  # How long a server holds a task after its last renewal; it renews every third of that time
INPUTS_AGAIN_SECONDS = 15.0  # Delay before inputs are tried again that this server was too busy to read
LONGEST_WAIT_SECONDS = 900.0  # Longest wait of a task for its next check, or its age if longer; else a clock was ahead
LONGEST_LEASE_SECONDS = 300.0  # Longest remaining time of a lease; a longer one was taken while a clock was ahead
MISSING_INPUT_SECONDS = 5.0  # Delay before a task is tried again whose input is not in this server's store
CLAIM_BATCH = 64  # Tasks that a server claims at a time
OFFPEAK_LATEST_SECONDS = 47 * 3600.0  # How long a task waits for off-peak hours; it must start before its deadline
TASK_DEADLINE_SECONDS = 48 * 3600.0  # Age at which a task expires if no vendor has it; otherwise its job is a late job
LATE_LOOK_SECONDS = 1800.0  # Interval between polls of a late job
HOLD_SLACK_SECONDS = 2 * 24 * 3600.0  # Time beyond LATE_WATCH_SECONDS for an unreachable vendor; then the task ends
LATE_WATCH_SECONDS = 8 * 24 * 3600.0  # Age at which a job fails, counted from its start; no vendor keeps it longer
STAGING_TRIES = 3  # Background attempts to fetch an input before the task fails
STAGING_RETRY_SECONDS = 2.0  # Delay before the second attempt; doubled before each further one
MAX_ATTEMPTS = 10  # Attempts at a task on the operator's own engines that may be lost; then the task fails
DRAIN_SECONDS = 20.0  # How long running renders may continue when the server stops

# Assets and uploads
UPLOAD_POLICY_SECONDS = 300  # How long an upload policy is valid; the upload must begin within that time
UPLOAD_SECONDS = 48 * 3600  # How long a file uploaded with such a policy is kept
MAX_UPLOAD_FIELDS = 32  # Text fields in the form of an uploaded file
MAX_UPLOAD_FIELDS_BYTES = 64 * 1024  # Size of all these fields together
MAX_EXTENDED_SECONDS = 120  # Longest video after an extension, in all
MAX_CHARACTER_CHARS = 80  # Longest name of a character
TRANSFERS_AT_ONCE = 64  # Resumable uploads that a project may have in progress at one server
TRANSFERS_BYTES = 4 * 1024 * 1024 * 1024  # Total size of these uploads when they are complete
TRANSFER_KEPT_SECONDS = 24 * 3600  # How long a resumable upload is kept after its last byte
MAX_ASSET_NAME_CHARS = 256  # Longest name of an asset
ASSET_PAGE_SIZE = 10  # Default page size of asset lists
ASSET_FETCH_SECONDS = 600.0  # How long a fetch of an asset may be unfinished before it is started again

# Results
LINK_SECONDS = 24 * 3600  # How long a link to a file works, by default
BLOB_GRACE_SECONDS = 3600.0  # Age below which an unreferenced file is not removed
RESTORED_ORPHANS_SECONDS = 30 * 24 * 3600.0  # After a restore, how long files that the journal does not know are kept
