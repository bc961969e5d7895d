"""Every limit on size, count and time, in one place. What a model allows stands in the catalog instead."""

from __future__ import annotations

# The wire
MAX_BODY_BYTES = 64 * 1024 * 1024  # a create with nine 5 MB pictures as data URIs fits
MAX_SMALL_BODY_BYTES = 1024 * 1024  # where no media belong: quotes, assets, projects and keys, forms of text alone
MAX_BODY_TEXT_BYTES = 8 * 1024 * 1024  # of a JSON body, beside what is Base64
MAX_BODY_VALUES = 200_000  # commas, colons, brackets and braces in a JSON body: many times what any create holds
MAX_DISCARDED_BYTES = 4 * MAX_BODY_BYTES  # read and dropped of a body over the limit, so that its sender learns why
MAX_CLIENT_REF_CHARS = 1_048_576  # of the note that a client gives a task
MAX_METADATA = 16  # notes that a client may give a task
MAX_METADATA_NAME_CHARS = 64
MAX_METADATA_VALUE_CHARS = 512
MAX_PROMPT_CHARS = 20_000  # where a model states no limit of its own
MAX_MEDIA_ITEMS = 64
MAX_UNKNOWN_FIELDS_NAMED = 32
MAX_UNREAD_VALUES = 10_000  # under names that a dialect does not read; each is looked at, for it may be an input
MAX_FORM_PARTS = 256  # of a multipart create: more than any model's inputs and settings together
MAX_FORM_DEPTH = 4  # brackets in a part's name
BODY_PIECE_BYTES = 32 * 1024  # read in one go, before others have their turn; larger creates are hashed in a thread
INLINE_BODY_BYTES = 16 * 1024  # larger forms are read in a thread
PAGE_SIZE = 20
MAX_PAGE_SIZE = 100
STOP_SECONDS = 5.0  # that a delete of a task which still moves waits for its end
MAX_LISTED_IDS = 500  # that one list call may name

# Creates that are sent again
MAX_IDEMPOTENCY_KEY_CHARS = 255
RETRY_SECONDS = 60.0  # after a create, in which an SDK's retry of it is recognised without a key
UNHEARD_SECONDS = 60.0  # after an answer to a create that did not arrive, in which the same create is that one again
MAX_UNHEARD = 10_000  # such answers that one server remembers; beyond it the oldest are forgotten
UNHEARD_LOOK_SECONDS = 1.0  # between two looks for answers that other servers could not deliver
STUCK_SECONDS = 2.0  # that an answer may lie unacknowledged before a repeat shows that its reader is gone
CREATE_WRITE_SECONDS = 20.0  # beside --admission-seconds, that a create waits for a journal which broke off
CREATE_STATEMENT_SECONDS = 8.0  # of one try on PostgreSQL to write creates, before its outcome is looked for
SLOW_503_SECONDS = 2.0  # before a query is told that the journal is away: some clients ask again without a pause

# What one server takes
CREATES_AT_ONCE = 1024  # under way; the next one is answered 503
CREATES_AT_ONCE_SHARE = 2  # a project may have this part (a half) of them; its next one is answered 429
BODY_BYTES_AT_ONCE = 512 * 1024 * 1024  # of bodies in memory; what goes beyond is answered 503
PROJECT_BODY_BYTES_AT_ONCE = 256 * 1024 * 1024  # of one project; what goes beyond is answered 429
CALLS_PER_MINUTE = 6000  # of one project to each of: quotes, assets, uploads, projects and keys; where it has no rate
MAX_OPEN_TASKS = 1_000_000  # in the journal, before further creates are answered 503

# The line of tasks that wait for an account
LINE_COUNTED = 1000  # places that are told; behind them a task's is null
LINE_KEPT_MS = 1000  # for which a line that was read, and why its tasks wait, is told to all that ask
LINES_KEPT = 256

# Hints among servers that share a journal
HINTS_SECONDS = 0.05  # between two of one server
HINTS_CHECK_SECONDS = 30.0  # of silence, before it is seen whether the connection lives
HINTS_AGAIN_SECONDS = 2.0  # after a lost connection, before a new one

# Batches
MAX_BATCH_BYTES = 8 * 1024 * 1024  # of a file of purpose `batch`
MAX_BATCH_LINES = 10_000
MAX_BATCH_ERRORS = 50  # errors listed for a file that is not a valid batch
MAX_BATCH_METADATA = 16  # pairs of a client's own
BATCH_WINDOW_SECONDS = 24 * 3600  # to begin a batch's lines; after that, open ones are cancelled
BATCH_LINES_AT_ONCE = 50  # of one batch, that are made at a time: no more money is held than for these
BATCH_LEASE_SECONDS = 30.0  # after which another server goes on with a batch of one that died
BATCH_LOOK_SECONDS = 1.0  # between two looks at open batches
BATCH_WAITS = 256  # calls that wait for a batch at one server; the next one is answered at once
MAX_FILES_LISTED = 10_000  # by one call

# Connections
KEEP_ALIVE_SECONDS = 125.0  # a connection waits so long for its next request: longer than common pools
MAX_CONNECTIONS = 16384  # at one time; fewer where the process may open fewer files
FEW_CONNECTIONS = 1000  # where the process may have no more than these, the log says so
REQUESTS_AHEAD = 64  # that one connection may send before their answers
MAX_HEAD_BYTES = 64 * 1024  # of a request's headers, and of its trailers
MAX_HEAD_FIELDS = 100  # among the headers, and among the trailers
REPEATED_BYTES = 2048  # of a request without a body that a connection keeps, so that it need not be read again
HEAD_SECONDS = 15.0  # from a head's first byte to its last, and from a connection's begin to that first byte
BODY_SECONDS = 30.0  # for a body, and a second more for each BODY_BYTES_A_SECOND of it that have come
BODY_BYTES_A_SECOND = 256 * 1024
ANSWER_STALL_SECONDS = 120.0  # after which a client that takes in nothing of its answer is left alone
LINGER_SECONDS = 2.0  # that what a refused client still sends is dropped, so that it learns why
CROWD_SECONDS = 2.0  # near the ceiling, that a new connection may be silent before it makes room for others
RESERVED_DESCRIPTORS = 256  # kept from connections, for the journal, fetches and vendors; and as follows
DESCRIPTORS_PER_WORKER = 8
POOL_MARGIN_SECONDS = 5.0  # that a connection outlives the pool of a client which is known to keep it longer

# Events
LISTENERS = 4096  # at one server, streams and calls that wait together; the next one is answered 503
PROJECT_LISTENERS = 2048  # of one project
EVENTS_AHEAD = 256  # that a listener may be behind; then its stream ends, and it reads on when it comes back
EVENTS_HEARTBEAT_SECONDS = 15.0  # between two signs of life of a stream in which nothing happens
EVENTS_RETRY_MS = 2000  # that a client is asked to wait before it comes back
POLL_AFTER_SECONDS = 5  # that a client is told to wait before it asks again where nothing is known of a task's end
LONGEST_POLL_AFTER_SECONDS = 30  # and the most where something is
WAIT_SECONDS = 50.0  # the longest that a query waits for a change: shorter than common proxies' time-outs

# Webhooks
WEBHOOKS_PER_PROJECT = 20  # addresses that a project may have called
WEBHOOK_URL_CHARS = 2048  # of such an address, and of a task's callback_url
WEBHOOK_CONNECT_SECONDS = 5.0  # for finding and for reaching a receiver
WEBHOOK_SECONDS = 15.0  # for a receiver's whole answer
WEBHOOK_ANSWER_SECONDS = 2.0  # for an answer's body, once its status has come
WEBHOOK_LEASE_SECONDS = 60.0  # after which another server sends what one that died had in hand
WEBHOOK_ANSWER_CHARS = 1000  # kept of an answer
WEBHOOK_ANSWER_BYTES = 16 * 1024  # read of an answer; what follows is not waited for
WEBHOOK_SENT_CHARS = 64 * 1024  # kept of the body that was sent
WEBHOOK_TRIES_KEPT = 20  # of a delivery, the newest
WEBHOOK_RETRY_SECONDS = (5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800, 57_600, 72_000, 72_000)  # between tries
WEBHOOK_RETRY_AFTER_SECONDS = 3600  # the longest pause that a receiver may ask for
WEBHOOK_DEAD_SECONDS = 3 * 86_400.0  # in which nothing arrives at a webhook, before it is switched off
WEBHOOK_KEPT_SECONDS = 7 * 86_400.0  # that a delivery can be seen and replayed after its end
WEBHOOK_OVERLAP_SECONDS = 24 * 3600  # that a former secret still signs, where nothing else is said
WEBHOOK_LONGEST_OVERLAP_SECONDS = 30 * 86_400
WEBHOOK_FORMER_SECRETS = 3  # that sign beside the current one
WEBHOOK_REPLAYS = 1000  # of failed deliveries by one call
WEBHOOKS_AT_ONCE = 128  # deliveries that one server has under way
WEBHOOKS_AT_ONCE_PER_PROJECT = 48
WEBHOOKS_AT_ONCE_PER_RECEIVER = 8
WEBHOOK_PAUSE_AFTER = 3  # deliveries in a row that did not arrive; then a receiver is tried with one at a time
WEBHOOK_PAUSE_SECONDS = 1.0  # before the first such try; doubled with each that fails
WEBHOOK_LONGEST_PAUSE_SECONDS = 10.0
WEBHOOK_RECEIVERS_REMEMBERED = 10_000  # that take nothing now; beyond it the oldest are tried at once again
WEBHOOK_LOOK_SECONDS = 1.0  # between two looks for what is due
WEBHOOK_FIRST_LOOK_SECONDS = 0.05  # that moves are gathered before they become deliveries
WEBHOOK_QUIET_LOOK_SECONDS = 0.5  # the same while nobody is to be told
WEBHOOK_STOP_SECONDS = 3.0  # that a stopping server waits for answers

# Renders on a Ray cluster
RAY_JOIN_SECONDS = 60.0  # for a cluster to take this server in, before it is tried anew
RAY_LOOK_SECONDS = 0.5  # between two looks at a render's progress
RAY_PLACE_SECONDS = 60.0  # for an actor whose process is being replaced, or whose disk is full
RAY_STOP_SECONDS = 2.0  # for an actor to stop a render, before it is ended itself
RAY_IDLE_SECONDS = 60.0  # after which an actor that nobody needs is ended
RAY_AGAIN_SECONDS = 2.0  # before a cluster that was lost, or could not be joined, is tried again; then twice as long
RAY_AGAIN_MAX_SECONDS = 30.0  # between two such tries: each takes a second of a processor

# Traces
TRACES_SECONDS = 10.0  # for a collector to take a batch of spans, tries included
TRACES_STOP_SECONDS = 3.0  # that a stopping server waits for the last of them

# Agents
AGENT_WAIT_SECONDS = 300.0  # the longest that an agent's tool waits for a video; it may call again
AGENT_BODY_BYTES = 4 * 1024 * 1024  # of one message; larger inputs go by address, or through POST /v1/files
AGENT_ASK_ABOVE = 1.0  # USD above which an order is put to the user, unless the operator says otherwise
AGENT_ORDERS_ANEW = 20  # that the same arguments are ordered again after an end without a video

# The console
SESSION_SECONDS = 12 * 3600.0  # that a sign-in lasts
SIGN_INS_PER_MINUTE = 10  # wrong keys from one address; the next one is answered 429
SIGN_IN_ADDRESSES = 10_000  # addresses of which wrong keys are remembered
MAX_LOOKED_AT = 20_000  # tasks of all projects that one page of an operator's list looks at
MAX_REASON_CHARS = 200  # of why an account is paused
ACCOUNT_TEST_SECONDS = 20.0  # that the test of an account may take
MODEL_AGAIN_SECONDS = 15.0  # between looks whether the row of a model is back that a job at a vendor was ordered by
LEAVING_LOOK_SECONDS = 5.0  # between looks for another account, of a task that waits at one that was taken out
LEAVING_TEND_SECONDS = 1.0  # between looks whether an account that was taken out still has something in hand
RETIRED_SECONDS = 120.0  # for which an account's former connection is kept after the last step that began with it
CONSOLE_PAGE = 24  # tasks, or models, on a page
CONSOLE_INPUTS = 16  # files in one form of the console
CONSOLE_COMPARED = 4  # models side by side
CONSOLE_COUNTED = 1000  # tasks that are counted in one state; "1,000+" are more
CONSOLE_SEARCHED = 2000  # tasks that one search of the console looks through; the next page goes on from there

# The journal
STORE_READ_SECONDS = 5.0  # that a question to a database on a server may take, the wait for a connection included
STORE_CONNECT_SECONDS = 5.0  # for a connection to it, where its address has no connect_timeout
METRICS_SECONDS = 5.0  # between two questions to the journal for /metrics, and that one may take
ACCEPT_SECONDS = 60.0  # that a server tries to write down a job which a vendor has taken, while the journal is away
ACCEPT_AGAIN_SECONDS = 0.25  # between two such tries
READY_SECONDS = 0.8  # that each part may take to say that it works, when /readyz asks

# Projects and keys
MAX_NAME_CHARS = 100
MAX_KEY_MODELS = 100
KEY_OVERLAP_SECONDS = 24 * 3600  # that a rotated key's former secret still opens, where nothing else is said
MAX_KEY_OVERLAP_SECONDS = 30 * 24 * 3600

# Money
QUOTE_SECONDS = 15 * 60  # that a quote pins a price
HOLD_LATE_SECONDS = 48 * 3600  # after which a hold that is still there is reported to the operator
MAX_USAGE_DAYS = 366  # that one question for the usage may span
MAX_PAYMENT_MICROS = 10**15  # of one payment or correction: a thousand million, far from what 64 bits hold
MAX_PAYMENT_TEXT_CHARS = 200  # of a payment's reference, and of its reason

# Media in
ADMISSION_SECONDS = 5.0  # how long a create waits for its inputs; the conductor goes on after that
FETCH_SECONDS = 120.0  # the longest that one input may take to arrive
FETCH_CONNECT_SECONDS = 10.0
S3_CALL_SECONDS = 10.0  # that a bucket may say nothing
S3_RETRY_SECONDS = 20.0  # that a call to it is tried again
S3_TRANSFER_SECONDS = 600.0  # that one call to it may take in all
S3_LINK_SECONDS = 300  # that a link to the bucket lives, within which a download has to begin
S3_CACHE_BYTES = 8 * 1024 * 1024 * 1024  # of its files on this disk, before those used longest ago go
FETCH_LOOK_BYTES = 16 * 1024 * 1024  # of a file that comes, between two looks at the room on the disk
FETCH_IDLE_SECONDS = 20.0  # between two reads
FETCH_REDIRECTS = 3
FETCH_INFORMATIONAL = 20  # answers (1xx) that a media server may send before the one that counts
FETCH_SMALL_CHUNKS = 2000  # that a media server may send before they have to be, on an average,
FETCH_SMALL_CHUNK_BYTES = 64  # as large as that
FETCH_HEAD_BYTES = 16 * 1024  # of one of them
LOOKUPS_AT_ONCE = 32  # of names
LOOKUPS_PER_PROJECT = 4
LOOKUPS_PER_DOMAIN = 4  # that somebody has registered, for all projects together
FETCHES_AT_ONCE = 128
FETCHES_PER_PROJECT = 32
FETCHES_PER_HOST = 8  # of one project; further ones wait their turn without holding up other hosts
MAX_MEDIA_BYTES = 200 * 1024 * 1024
MAX_IMAGE_PIXELS = 50_000_000  # 8000 x 6000 and a little; checked in the header, before decoding
MAX_PROFILE_BYTES = 16 * 1024 * 1024  # of a colour profile in a picture, unpacked; a larger one is passed over
MAX_VIDEO_PIXELS = 9_000_000  # 4096 x 2160
MAX_WEBP_PIXELS = 25_000_000  # of a WebP, whose reader takes five times the memory
MAX_JPEG_SCANS = 100  # of a progressive JPEG, each of which goes over the whole picture; cameras and programs write ten
MAX_STREAMS = 64  # of a clip: films with a track for each microphone and camera sensor have a few dozen
MAX_PACKETS = 250_000  # of one track: an hour of film at 60 frames a second, nearly two of MP3
MIN_SAMPLE_RATE = 2000  # of a sound; what telephones send has 8000
MAX_BOXES = 20_000  # of an MP4; a film in one-second fragments has a few thousand
PROBE_SECONDS = 20.0  # of one probe, after which the server is the one that is too slow
PROBE_QUEUE_SECONDS = 30.0  # that an input waits for a probe process; then 503
PROBE_START_SECONDS = 30.0
PROBE_CPU_SECONDS = 5
PROBE_MEMORY_BYTES = 1024 * 1024 * 1024
PROBE_DESCRIPTORS = 64  # open at once in a probe process
POSTER_SIDE = 640  # pixels of the longer side of a small picture
SHEET_PICTURES = 12  # of a video, side by side in its sheet
SHEET_SIDE = 320  # pixels of the longer side of each
POSTER_MAX_BYTES = 1024 * 1024

# Results that are put into an MP4
REMAKES_AT_ONCE = 1  # in one server: an encode takes both cores of a small machine
REMAKE_SECONDS = 900.0  # for one file, before its process is ended
REMAKE_MEMORY_BYTES = 3 * 1024 * 1024 * 1024  # address space of that process
REMAKE_THREADS = 2
REMAKE_NICE = 10  # requests and renders come first
REMAKE_DESCRIPTORS = 64  # open at once in such a process

# Renders
RENDER_MEMORY_BYTES = 3 * 1024 * 1024 * 1024  # address space of one render process
RENDER_DESCRIPTORS = 256  # open at once in a render process: each input is one, the clip two
PROGRESS_EVERY_FRAMES = 6
RENDER_STALL_SECONDS = 300.0  # a render process that says nothing for so long is killed
RENDER_STARVING_WAITS = 12  # times as long again that one is waited for which could go on but gets no processor time
RENDER_CRASHES = 2  # of a render's process, by itself or for saying nothing, before the job is held to be the cause
RENDER_CRASHES_REMEMBERED = 256  # jobs of which they are counted
DIFFUSION_STALL_SECONDS = 1800.0  # the same for a model on a GPU, which says nothing while it is loaded and decodes
FETCHED_KEPT_SECONDS = 3600.0  # that a result stays after it was fetched whole, where it goes then
SIZES_AT_ONCE = 200  # files whose sizes are looked at in one go, for used space and quotas
KEEP_FREE_MB = 512  # on the disks of data folder and files; below it no create is taken, so that what was taken can end
MIN_FREE_BYTES = 256 * 1024 * 1024  # on the data folder's disk; below it no render begins

# Previews
PREVIEW_PROCESSES = 2  # that draw stills, beside the renders; they start after the server, or with the first preview
PREVIEW_WARM_SECONDS = 5.0  # after the server's start, until then nobody waits for them
PREVIEW_SIDE = 480  # pixels of a still's longer side
PREVIEW_SECONDS = 0.4  # that an answer waits for its stills; what is not drawn by then is drawn when its link is opened
PREVIEW_INLINE_SECONDS = 5.0  # the same for one that holds its stills itself
PREVIEW_TELL_SECONDS = 30.0  # for the storyboard in words, which takes so long only where the processes have to start
PREVIEW_INPUT_SECONDS = 2.0  # that a preview waits for its inputs; without them it shows the words alone
PREVIEW_DRAW_SECONDS = 20.0  # of one still, after which its process is ended
PREVIEWS_PER_MINUTE = 240  # of one project, where it has no rate
PREVIEWS_AT_ONCE = 64  # in one server; the next one is answered 503
PREVIEWS_PER_PROJECT = 16  # of these; the next one is answered 429
PREVIEW_MOST_SECONDS = 60  # of the clip that words alone are drawn for
PREVIEWS_KEPT = 2000  # whose stills one server can still draw; beyond it the oldest are forgotten
PREVIEW_STILLS_SECONDS = 15 * 60  # that a still can be opened: as long as its quote is good
PREVIEW_STILLS_BYTES = 64 * 1024 * 1024  # of stills that one server remembers; beyond it the oldest are forgotten
PREVIEW_MEMORY_BYTES = 2 * 1024 * 1024 * 1024  # address space of one process that draws stills
MAX_WORDS_NOT_READ = 32  # of a prompt, that a preview names

# Vendors
VENDOR_CALL_SECONDS = 60.0  # for an answer; a submission that takes longer counts as unknown
VENDOR_RELAY_CREATE_SECONDS = 300.0  # the same for a submission at a relay without a list, where nothing is looked up
VENDOR_CONNECT_SECONDS = 10.0
VENDOR_CONNECTIONS = 100  # to one account; a call that finds none free waits
VENDOR_IDLE_SECONDS = 5.0  # for which a connection without a call is kept
VENDOR_CLOSE_SECONDS = 2.0  # for which the end of an account waits for its connections' ends
VENDOR_UNREAD_SECONDS = 120  # after which the system ends a connection whose vendor takes nothing of what is sent
VENDOR_HEADER_BYTES = 64 * 1024  # of one line of an answer's head
VENDOR_UPLOAD_BYTES_PER_SECOND = 64 * 1024  # a submission's bytes may take so long on the way, beside the answer's time
VENDOR_ANSWER_BYTES = 8 * 1024 * 1024  # of one answer; a page of five hundred jobs has half a megabyte
VENDOR_ANSWER_VALUES = 100_000  # in one answer: to read more would hold everybody up
VENDOR_KEPT_BYTES = 16 * 1024  # of an answer to a submission that nobody could read, kept with its task
VENDOR_RETRY_AFTER_MAX_SECONDS = 600.0
VENDOR_JOBS_AT_ONCE = 5  # of one account, where the operator says nothing: what the vendors allow at least
VENDOR_SUBMISSIONS_PER_MINUTE = 60
VENDOR_POLL_SECONDS = 5.0
VENDOR_READS_PER_SECOND = 20.0  # of one account, polls and all; DashScope answers no more
PACE_TASKS = 1000  # of the journal's newest, from which a new process learns how long jobs take
PACE_SPANS = 48  # newest jobs of a sort (model, mode, size, length) at an account from which its durations are learned
PACE_SORTS = 2000  # that are remembered, the longest unused are forgotten
PACE_JOBS = 100_000  # at vendors whose looks one server remembers
PACE_UNSEEN_SECONDS = 600.0  # after its next look was due, that a job which nobody looked at here counts as open
PACE_FIRST = 8  # ends of a sort after which looks at its other jobs are not brought forward any more
PACE_SCOUTED = 3  # ends of a sort before which its oldest job is looked at often, if it is one of several
PACE_SCOUT_FOR = 4  # jobs of a sort at a vendor at one time, for which that pays
PACE_UNPLACED_SHARE = 0.25  # of an account's reads go at most to looks at which no end is to be expected
PACE_SCOUT_SECONDS = 1.0  # between two looks at it
PACE_SCOUT_SHARE = 0.03  # of the time that has passed lies between them, where that is more
PACE_SCOUTED_WAIT = 1.4  # times as long as alone the others wait meanwhile
PACE_GAP_SECONDS = 0.2  # between two looks about when jobs of under a minute end, where that takes no more reads
PACE_LONG_GAP_SECONDS = 1.2  # the same for longer ones
PACE_LATE_SHARE = 0.03  # of the jobs may be seen later than that
MADE_SECONDS = 5.0  # that a vendor's word about a finished job is good for, before it is asked for the file again
MADE_KEPT = 4096  # such words that one server remembers
PACE_EARLY_SHARE = 0.1  # of the jobs are first looked at too early, so that a vendor that became faster is found out
PACE_KEEP_SECONDS = 10.0  # between two writes of what was learned
VENDOR_LOOKS_AT_ONCE = 64  # polls under way at one account; the others come due in their turn
GATHER_SECONDS = 0.05  # polls that fall due within it go into one question, where a vendor takes lists
GATHER_MOST = 64  # jobs in one such question: their ids stand in its address
LOOK_SOON_SECONDS = 2.0  # before the first look for a submission whose outcome is unknown
VENDOR_FINDS = 5  # each look waits at least a fifth of the time that has passed
VENDOR_FIND_SECONDS = 15.0  # at least, between two looks
VENDOR_LOOK_MAX_SECONDS = 6 * 3600.0  # between two late looks for it
UNKNOWN_SECONDS = 3600.0  # that such a submission is looked for before its task ends, where the account says nothing
PARKED_TEND_SECONDS = 5.0  # between two searches for parked submissions that are due
PARKED_AT_ONCE = 8  # of one account that are looked for in one search
PARKED_LEASE_SECONDS = 2 * 3600.0  # after which one is looked for anew whose server died over it
MAX_RESOLVED = 10_000  # parked submissions that one `tasks resolve --account` settles
VENDOR_WATCH_MAX_SECONDS = 60.0  # between two polls of a job that takes very long
VENDOR_SETTLE_SECONDS = 60.0  # after a submission, in which a vendor that knows nothing of the job is not believed
VENDOR_ODD_SECONDS = 900.0  # of answers that nobody understands before their job takes no place at its account any more
MAX_HEARD_CHARS = 2000  # of the references that callbacks gave for one submission
VENDOR_BARE_ERROR_SECONDS = 120.0  # that a vendor has to tell an error and no state of a job before the job has failed
VENDOR_MISSED_SECONDS = 600.0  # that a vendor has to know nothing of a job before the job is taken for lost
VENDOR_CLOCK_SKEW_SECONDS = 5.0  # between a vendor's times and its clock, when its list of jobs is searched
VENDOR_AHEAD_MAX_SECONDS = 24 * 3600.0  # between a vendor's clock and ours; a date beyond it is not believed
VENDOR_ARRIVAL_SECONDS = 180.0  # within which a submission's job stands in that list, uploads and waits included
VENDOR_REFS_SECONDS = 24 * 3600.0  # how long references of jobs are remembered, so that none is found a second time
CALLBACK_SKEW_SECONDS = 300.0  # between a signed callback's date and our time
MAX_CALLBACK_BYTES = 1024 * 1024  # a vendor's callback repeats the job's own data
BREAKER_FAULTS = 3  # in a row before an account is left alone
BREAKER_SECONDS = 5.0  # of pause for one fault; twice as long for each further one in a row
BREAKER_MAX_SECONDS = 300.0
TRIAL_SECONDS = VENDOR_CALL_SECONDS + 15.0  # after a pause, for the one call that is tried before others follow
TRIAL_LOOK_SECONDS = 1.0  # before others look whether the trial has ended
PUT_BACK_SECONDS = 1.0  # before a job that was not taken is offered again; twice as long each further time
PUT_BACK_MAX_SECONDS = 60.0
UNSENDABLE_TRIES = 3  # of a job that can't be put as its accounts want it, before it fails
COLLECT_TRIES = 4  # in one step, each going on where the one before broke off
COLLECT_AGAIN_SECONDS = 15.0  # at first; then a twentieth of the time that has passed, up to LATE_LOOK_SECONDS
HUGE_AGAIN_SECONDS = 900.0  # before a file that was larger than any result is fetched again
BAD_RESULT_SECONDS = 3600.0  # within which a vendor's link that does not lead to a video is fetched again
COLLECTS_AT_ONCE = 16  # files that one server takes over at a time
MAX_SAID_SECONDS = 24 * 3600.0  # that a vendor may say of a video's length; a larger number says nothing
MAX_RESULT_BYTES = 2 * 1024 * 1024 * 1024
COLLECT_SECONDS = 1800.0  # for one file
INLINE_MEDIA_BYTES = 20 * 1024 * 1024  # of one input that is sent as a data URI
VIDU_BODY_BYTES = 20 * 1000 * 1000  # of a whole create at Vidu

# The conductor
REPLICA_DEAD_SECONDS = 30.0  # without any answer, after which an engine's jobs are made by another of its account
LEASE_SECONDS = 12.0  # that a task is a server's after the server's last word; it says one every third of that
INPUTS_AGAIN_SECONDS = 15.0  # before inputs are read again for which this server had no time
LONGEST_WAIT_SECONDS = 900.0  # of a task for its next look, or as long as it has existed; else a clock was ahead
LONGEST_LEASE_SECONDS = 300.0  # that is left of a lease; a longer one was taken while a clock was ahead
MISSING_INPUT_SECONDS = 5.0  # before a task is looked at again whose input is not in this server's store
CLAIM_BATCH = 64
OFFPEAK_LATEST_SECONDS = 47 * 3600.0  # that a task waits for off-peak hours: it has to begin before its deadline
TASK_DEADLINE_SECONDS = 48 * 3600.0  # after it, what no vendor was given expires, and what one has is a late job
LATE_LOOK_SECONDS = 1800.0  # between two polls of a late job
HOLD_SLACK_SECONDS = 2 * 24 * 3600.0  # beyond the late watch for a vendor that can't be asked; then the task ends
LATE_WATCH_SECONDS = 8 * 24 * 3600.0  # from a job's start: no vendor keeps its record as long; then it has failed
STAGING_TRIES = 3  # fetches of an input by the conductor before the task fails
STAGING_RETRY_SECONDS = 2.0  # before the second try; twice as long before each further one
MAX_ATTEMPTS = 10  # submissions of one task that were lost or refused as transient
DRAIN_SECONDS = 20.0

# Assets
UPLOAD_POLICY_SECONDS = 300  # within which an upload that was permitted has to begin
UPLOAD_SECONDS = 48 * 3600  # that an uploaded file lives
MAX_UPLOAD_FIELDS = 32  # texts in the form around an uploaded file
MAX_UPLOAD_FIELDS_BYTES = 64 * 1024  # all of them together
MAX_EXTENDED_SECONDS = 120  # of a video that was extended, all together
MAX_CHARACTER_CHARS = 80  # of a character's name
TRANSFERS_AT_ONCE = 64  # resumable uploads that a project may have under way at one server
TRANSFERS_BYTES = 4 * 1024 * 1024 * 1024  # of them together, when they are whole
TRANSFER_KEPT_SECONDS = 24 * 3600  # after the last byte, that a resumable upload waits for the next
MAX_ASSET_NAME_CHARS = 256
ASSET_PAGE_SIZE = 10
ASSET_FETCH_SECONDS = 600.0  # after which a fetch of an asset that nobody has finished is begun anew

# Results
LINK_SECONDS = 24 * 3600
BLOB_GRACE_SECONDS = 3600.0  # an unreferenced file younger than this is left alone
