/**
 * The types of every route, body and event. They are generated from docs/openapi.json:
 * AFTERWORD_UPDATE_DOCS=1 npx vitest run tests/api/docs.test.ts
 */
export interface paths {
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Can uploads be accepted, and does a worker run? */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Can uploads be accepted? For load balancers
         * @description Answers 200 also while no worker runs, because uploads are stored and wait.
         */
        get: operations["getHealthReady"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Does this process answer? For a supervisor that restarts it
         * @description Does not ask the database, since restarting the api does not repair a database.
         */
        get: operations["getHealthLive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What this process counts, for Prometheus
         * @description Needs AFTERWORD_METRICS_TOKEN as a bearer token, if it is set. Without it, it is open where the server listens on loopback, and closed elsewhere.
         */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recordings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Recordings, latest first; `?outcome=failed` lists those that failed
         * @description They change with the next event of the person. `Prefer: wait=N` waits up to N seconds (at most 25) for that.
         */
        get: operations["getRecordings"];
        put?: never;
        /**
         * Upload recordings
         * @description multipart/form-data with the field `files`, repeated, and if need be a field `startedAtMs` or `writtenAtMs` (when the file was last written) for each in the same order; or the bytes of one file as a raw body, named by `?name=`. Answers when the bytes are safe. The same bytes again are the same recording, and nothing is done twice.
         */
        post: operations["postRecordings"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recordings/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The state of a recording
         * @description It is settled when its outcome is final. `Prefer: wait=N` waits up to N seconds (at most 25) for that.
         */
        get: operations["getRecordingsById"];
        put?: never;
        post?: never;
        /**
         * Delete a recording with its audio and words, and stop work on it
         * @description The same bytes stay deleted when they are sent again, unless with `?restore=true`.
         */
        delete: operations["deleteRecordingsById"];
        options?: never;
        head?: never;
        /**
         * Correct the time of a recording
         * @description Its words move with it, and become part of the conversations of that time; the voices keep their names. What was rejected for want of a time is worked on. The conversations whose words changed are understood anew.
         */
        patch: operations["patchRecordingsById"];
        trace?: never;
    };
    "/api/v1/recordings/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try a failed or waiting recording again, at once
         * @description What is under way or done is left as it is. Of what is done, speech in an unknown language is heard again, and what the local model was unsteady about: do it when a transcriber is configured that knows the language.
         */
        post: operations["postRecordingsByIdRetry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recordings/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Have all speech in an unknown language heard again
         * @description Do it when a transcriber is configured that knows the language. Of each recording only that speech is transcribed anew, and what the local model was unsteady about; the latest recordings come first, and what is under way is left as it is. One request takes up to 1,000 recordings: while `more` is true, send it again.
         */
        post: operations["postRecordingsRetry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Uploads, latest first, with the numbers of their files */
        get: operations["getUploads"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The state of an upload and of each of its files
         * @description Always 200 while it exists. `Prefer: wait=N` waits up to N seconds (at most 25) for it to be done.
         */
        get: operations["getUploadsById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads/{id}/timing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where the time of an upload went
         * @description From its events: while they are kept. What ended before there were events has one part, `accepting`.
         */
        get: operations["getUploadsByIdTiming"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel an upload: stop and remove its unfinished files
         * @description Finished files stay, and so do files that another upload sent too.
         */
        post: operations["postUploadsByIdCancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/samples/day": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take in the sample day
         * @description Six recordings that come with Afterword, as if the person had sent them. Again: nothing is done twice, and what was deleted of them comes back.
         */
        post: operations["postSamplesDay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/resumable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin a file that arrives in several requests (tus 1.0)
         * @description `Upload-Length` is its size, and `Upload-Metadata` has `filename`, and if need be `startedAtMs`, or `writtenAtMs` (when the file was last written). The answer’s `Location` is where the bytes go.
         */
        post: operations["postResumable"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/resumable/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How much of a file has arrived
         * @description A HEAD request answers it in the headers of tus 1.0.
         */
        get: operations["getResumableById"];
        put?: never;
        post?: never;
        /** Give up a file that has not arrived whole (tus 1.0) */
        delete: operations["deleteResumableById"];
        options?: never;
        head?: never;
        /**
         * Send bytes of a file from `Upload-Offset` on (tus 1.0)
         * @description What has come is kept when the connection breaks. After the last byte the answer has `afterword-upload-id`.
         */
        patch: operations["patchResumableById"];
        trace?: never;
    };
    "/api/v1/recordings/known": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Which of these files are here already
         * @description It asks about the recordings of the person who asks, and about nothing else: what was deleted and what others have is not known. It changes nothing.
         */
        post: operations["postRecordingsKnown"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Conversations, newest first; `?status=failed` lists those that failed
         * @description They change with the next event of the person. `Prefer: wait=N` waits up to N seconds (at most 25) for that.
         */
        get: operations["getConversations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A conversation with its words
         * @description The id of a conversation that was merged into another one answers with that one. It is settled when it is not `settling`. `Prefer: wait=N` waits up to N seconds (at most 25) for that.
         */
        get: operations["getConversationsById"];
        put?: never;
        post?: never;
        /**
         * Delete a conversation with its words
         * @description A recording without any words left is deleted with it, including its audio.
         */
        delete: operations["deleteConversationsById"];
        options?: never;
        head?: never;
        /**
         * Change title, summary, star, visibility or folder of a conversation
         * @description What you decide stays, whatever words come and whatever is made of them later. With the ETag of the conversation in `If-Match` it is refused with 412 where the conversation has changed since it was read.
         */
        patch: operations["patchConversationsById"];
        trace?: never;
    };
    "/api/v1/conversations/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make title and summary of a failed or waiting conversation again, at once
         * @description A conversation that is being processed or is done stays as it is.
         */
        post: operations["postConversationsByIdRetry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations/{id}/audio": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The sound of a conversation
         * @description Any part of it by `Range`, exactly as long as said. What overlaps or was recorded twice sounds once. Its `ETag` changes with its sound, so `If-Range` never joins two versions. 503 `audio_not_ready` while older recordings are prepared.
         */
        get: operations["getConversationsByIdAudio"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations/{id}/audio/map": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is when in the sound of a conversation
         * @description Leads from a time to its place in the sound and back, for either way of gaps.
         */
        get: operations["getConversationsByIdAudioMap"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations/{id}/peaks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The shape of the sound of a conversation, for a waveform */
        get: operations["getConversationsByIdPeaks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations/{id}/audio/address": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * An address of the sound of a conversation that needs no header, for 6 hours
         * @description For players that cannot send headers. It opens this sound only, and ends when that is deleted or when the key or session that asked for it ends. Treat it like a key.
         */
        post: operations["postConversationsByIdAudioAddress"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recordings/{id}/audio": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The sound of a recording
         * @description Any part of it by `Range`, exactly as long as said. What overlaps or was recorded twice sounds once. Its `ETag` changes with its sound, so `If-Range` never joins two versions. 503 `audio_not_ready` while older recordings are prepared.
         */
        get: operations["getRecordingsByIdAudio"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recordings/{id}/audio/map": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is when in the sound of a recording
         * @description Leads from a time to its place in the sound and back, for either way of gaps.
         */
        get: operations["getRecordingsByIdAudioMap"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recordings/{id}/peaks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The shape of the sound of a recording, for a waveform */
        get: operations["getRecordingsByIdPeaks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recordings/{id}/audio/address": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * An address of the sound of a recording that needs no header, for 6 hours
         * @description For players that cannot send headers. It opens this sound only, and ends when that is deleted or when the key or session that asked for it ends. Treat it like a key.
         */
        post: operations["postRecordingsByIdAudioAddress"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sync/audio/{id}/precache": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Get the sound of a conversation ready */
        post: operations["postV1SyncAudioByIdPrecache"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sync/audio/{id}/urls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Addresses of the sound of a conversation */
        get: operations["getV1SyncAudioByIdUrls"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sync/audio/{id}/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The sound of a conversation, or any part of it by `Range` */
        get: operations["getV1SyncAudioByIdByFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations/{id}/transcript": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A conversation as Markdown, text, subtitles or JSON
         * @description Times of day are those of your time zone.
         */
        get: operations["getConversationsByIdTranscript"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations/{id}/segments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Correct words or speakers of several segments
         * @description All of them or none. A correction stays with its sound, also if that is transcribed again. With the ETag of the conversation in `If-Match` it is refused with 412 where the conversation has changed since it was read.
         */
        patch: operations["patchConversationsByIdSegments"];
        trace?: never;
    };
    "/api/v1/conversations/{id}/segments/{segmentId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Correct the words or the speaker of a segment
         * @description A correction stays with its sound, also if that is transcribed again. With the ETag of the conversation in `If-Match` it is refused with 412 where the conversation has changed since it was read.
         */
        patch: operations["patchConversationsByIdSegmentsBySegmentId"];
        trace?: never;
    };
    "/api/v1/conversations/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The events of one conversation
         * @description Server-sent events, in the order of their numbers, each with its number as the id. `Last-Event-ID` replays exactly what was missed; without it, or where that is not kept any more, the first event is a `snapshot`. See docs/events.md. The stream ends when it is merged or deleted; whoever comes back then gets 204.
         */
        get: operations["getConversationsByIdEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Note which events of a conversation you have put into a calendar
         * @description It stays when the conversation is understood again. With the ETag of the conversation in `If-Match` it is refused with 412 where the conversation has changed since it was read.
         */
        patch: operations["patchConversationsByIdEvents"];
        trace?: never;
    };
    "/api/v1/conversations/{id}/split": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Split a conversation in two
         * @description The first part keeps the id. Title and summary of both are made anew; what you have decided goes with the part that holds its first words. With the ETag of the conversation in `If-Match` it is refused with 412 where the conversation has changed since it was read.
         */
        post: operations["postConversationsByIdSplit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations/merge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Merge conversations into the earliest of them
         * @description The other ids lead to it from then on. Conversations that lie between them stay what they are. Of what you have decided about them the latest counts.
         */
        post: operations["postConversationsMerge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations/{id}/reprocess": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make title, summary and tasks of a conversation anew
         * @description What you have decided stays. A conversation that is `settling` is made anew already. With the ETag of the conversation in `If-Match` it is refused with 412 where the conversation has changed since it was read.
         */
        post: operations["postConversationsByIdReprocess"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/action-items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All tasks, the latest first */
        get: operations["getActionItems"];
        put?: never;
        /**
         * Add a task, to a conversation or to none
         * @description It stays whatever is understood later.
         */
        post: operations["postActionItems"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/action-items/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A task */
        get: operations["getActionItemsById"];
        put?: never;
        post?: never;
        /**
         * Delete a task
         * @description It does not come back when its conversation is understood again.
         */
        delete: operations["deleteActionItemsById"];
        options?: never;
        head?: never;
        /**
         * Tick a task off, or change it
         * @description With its ETag in `If-Match` it is refused with 412 where the task has changed.
         */
        patch: operations["patchActionItemsById"];
        trace?: never;
    };
    "/api/v1/folders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The folders, in their order
         * @description Whoever has made none has those of Omi’s app.
         */
        get: operations["getFolders"];
        put?: never;
        /** Make a folder, as the last one */
        post: operations["postFolders"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/folders/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete a folder
         * @description Its conversations stay: in `moveTo`, or in no folder.
         */
        delete: operations["deleteFoldersById"];
        options?: never;
        head?: never;
        /**
         * Change a folder
         * @description With the ETag of the list in `If-Match` it is refused with 412 where the list has changed.
         */
        patch: operations["patchFoldersById"];
        trace?: never;
    };
    "/api/v1/folders/order": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Order the folders
         * @description Folders that are not named keep their order behind the others.
         */
        put: operations["putFoldersOrder"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/folders/{id}/conversations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put conversations into a folder
         * @description Ids of conversations that are not there are passed over.
         */
        post: operations["postFoldersByIdConversations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The people whom you have added or named */
        get: operations["getPeople"];
        put?: never;
        /**
         * Add a person
         * @description Adding the same name again answers with the person who is there.
         */
        post: operations["postPeople"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A person */
        get: operations["getPeopleById"];
        put?: never;
        post?: never;
        /**
         * Forget a person
         * @description Their voices are speakers of their own again, without a name.
         */
        delete: operations["deletePeopleById"];
        options?: never;
        head?: never;
        /**
         * Rename a person, or say that it is you
         * @description With the ETag of the person in `If-Match` it is refused with 412 where that has changed.
         */
        patch: operations["patchPeopleById"];
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All events of the person, as they happen
         * @description Server-sent events, in the order of their numbers, each with its number as the id. `Last-Event-ID` replays exactly what was missed; without it, or where that is not kept any more, the first event is a `snapshot`. See docs/events.md.
         */
        get: operations["getEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The events of one upload, until it is done
         * @description Server-sent events, in the order of their numbers, each with its number as the id. `Last-Event-ID` replays exactly what was missed; without it, or where that is not kept any more, the first event is a `snapshot`. See docs/events.md. The stream ends after `upload.done`; whoever comes back then gets 204.
         */
        get: operations["getUploadsByIdEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A token that opens event streams for a minute, for clients that cannot send headers */
        post: operations["postEventsToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Webhooks of the person */
        get: operations["getWebhooks"];
        put?: never;
        /**
         * Make a webhook
         * @description It is sent the events from now on. The answer is the only one that shows its secret.
         */
        post: operations["postWebhooks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One webhook */
        get: operations["getWebhooksById"];
        put?: never;
        post?: never;
        /** Delete a webhook and its log */
        delete: operations["deleteWebhooksById"];
        options?: never;
        head?: never;
        /** Change a webhook, disable it, or enable it again */
        patch: operations["patchWebhooksById"];
        trace?: never;
    };
    "/api/v1/webhooks/{id}/secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make another secret
         * @description For 24 hours the one before signs as well. The answer is the only one that shows it.
         */
        post: operations["postWebhooksByIdSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send something to try it, once
         * @description Its type is `webhook.test`. What came of it is in the log of deliveries.
         */
        post: operations["postWebhooksByIdTest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{id}/recover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send what was not delivered since a time */
        post: operations["postWebhooksByIdRecover"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The log of deliveries, latest first
         * @description It holds no bodies, and is kept as long as events (AFTERWORD_EVENTS_DAYS).
         */
        get: operations["getWebhooksByIdDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{id}/deliveries/{deliveryId}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send one again, with the same `webhook-id` */
        post: operations["postWebhooksByIdDeliveriesByDeliveryIdReplay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/push/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Phones and browsers on which the person is told
         * @description The tokens and addresses are not shown: who has one can send there.
         */
        get: operations["getPushDevices"];
        put?: never;
        /**
         * Tell the person on this phone or browser
         * @description Once for each conversation that is ready, once for a backlog, and for uploads that end without a conversation. The same token or subscription again is the same device. A person may have 20.
         */
        post: operations["postPushDevices"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/push/devices/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Tell nothing there any more */
        delete: operations["deletePushDevicesById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Conversations in which these words were said, the best and latest first
         * @description Words are found in what was said, in titles and in summaries: in other forms too, in the languages that were spoken, and without their accents. docs/search.md says how it is ranked.
         */
        get: operations["getSearch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Usage and cost of the person who asks
         * @description Each result is counted once. Deleting a recording or a conversation does not change the sums.
         */
        get: operations["getUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations/{id}/speakers/{speakerId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Name a speaker, or say that two speakers are one person
         * @description It outlasts what a provider says of who is who. The conversation is not understood again.
         */
        put: operations["putConversationsByIdSpeakersBySpeakerId"];
        post?: never;
        /**
         * Undo what you said about a speaker
         * @description The name goes, and each voice is its own again until the provider is next asked who is who, with the next words.
         */
        delete: operations["deleteConversationsByIdSpeakersBySpeakerId"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations/{id}/speakers/{speakerId}/separate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say that some of a speaker’s voices are somebody else
         * @description Takes back that two speakers are one person, with the segments that were the other one’s. Nothing changes where all voices of the speaker speak in them.
         */
        post: operations["postConversationsByIdSpeakersBySpeakerIdSeparate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The settings and the bounds of the person who asks
         * @description `chosen` names what they have chosen; the rest are the settings of the server.
         */
        get: operations["getMe"];
        put?: never;
        post?: never;
        /** Delete all data of the person who asks */
        delete: operations["deleteMe"];
        options?: never;
        head?: never;
        /**
         * Change the settings of the person who asks
         * @description What is not named stays, and null goes back to the setting of the server. They hold for what is transcribed and understood from then on.
         */
        patch: operations["patchMe"];
        trace?: never;
    };
    "/api/v1/me/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Everything that is yours, as a tar archive
         * @description Recordings as they came, receipts, conversations with their words, speakers, settings and usage; its README.txt says what is where. It is made while it is read, so its length is not known before. A connection that breaks leaves an archive without an end.
         */
        get: operations["getMeExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/ways": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How this server lets people in */
        get: operations["getAuthWays"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Sign in: leads to the provider */
        get: operations["getAuthSignIn"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where the provider leads back to */
        get: operations["getAuthCallback"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/sign-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End the session of this browser */
        post: operations["postAuthSignOut"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin to link an identity of the provider to the person who is signed in
         * @description The browser is to go to `location`, and comes back with both proofs.
         */
        post: operations["postAuthLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Browsers in which the person is signed in */
        get: operations["getMeSessions"];
        put?: never;
        post?: never;
        /** Sign all other browsers out */
        delete: operations["deleteMeSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Sign a browser out */
        delete: operations["deleteMeSessionsById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/identities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The accounts at providers that are this person */
        get: operations["getMeIdentities"];
        put?: never;
        /**
         * Add an account of Firebase, proved by a token of it
         * @description For an account of the OpenID Connect provider: POST /auth/link.
         */
        post: operations["postMeIdentities"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/identities/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove an account, and its sessions */
        delete: operations["deleteMeIdentitiesById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** API keys of the person, latest first */
        get: operations["getMeKeys"];
        put?: never;
        /**
         * Make an API key
         * @description The answer is the only one that shows it. A key cannot make keys.
         */
        post: operations["postMeKeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke an API key */
        delete: operations["deleteMeKeysById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The people of this server, for those with the role admin */
        get: operations["getUsers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How the server does: queues, stages, providers, workers, failures, storage, deliveries
         * @description For those with the role admin. It is read every two seconds at most, for all who look together; `troubles` says first what is worst.
         */
        get: operations["getOperation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operation/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The same, again and again while somebody looks
         * @description Server-sent events `operation`, each a whole picture as `GET /api/v1/operation` answers it, at most one in two seconds. A reader that is slow misses some. A token of `POST /api/v1/events/token` does not open it.
         */
        get: operations["getOperationEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operation/dead-letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What failed and is not tried again by itself, of all people, latest first */
        get: operations["getOperationDeadLetters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operation/dead-letters/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try failed recordings and conversations of anybody again, at once
         * @description One by its `id`, or all of a `kind` or `code`. What is already transcribed is not transcribed twice, and what is not failed is left as it is. One request takes up to 500: while `more` is true and some were retried, send it again. The log says who did it.
         */
        post: operations["postOperationDeadLettersRetry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sync-local-files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Upload and wait for the conversations
         * @description Waits for the result as long as AFTERWORD_TIMEOUTS says, 55 s by default (200, or 207 when some files failed), then answers 202 with a job. Never 504.
         */
        post: operations["postV1SyncLocalFiles"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/sync-local-files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Upload, answered with a job to poll */
        post: operations["postV2SyncLocalFiles"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/sync-local-files/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The state of a job
         * @description It is settled when all its files have ended and their conversations are ready. `Prefer: wait=N` waits up to N seconds (at most 25) for that.
         */
        get: operations["getV2SyncLocalFilesById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/sync-capture-manifest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Name the files of a batch before it is sent
         * @description An upload is taken with and without it, and whatever it says.
         */
        post: operations["postV2SyncCaptureManifest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Conversations, the latest first */
        get: operations["getV1Conversations"];
        put?: never;
        /** End a conversation that is being listened to: none is */
        post: operations["postV1Conversations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/count": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many conversations there are */
        get: operations["getV1ConversationsCount"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A conversation with its words
         * @description It answers as long as any words that it ever had are shown: the app takes 404 for gone for good.
         */
        get: operations["getV1ConversationsById"];
        put?: never;
        post?: never;
        /**
         * Delete a conversation with its words
         * @description A recording without any words left goes with it, and its tasks too, with `cascade` and without.
         */
        delete: operations["deleteV1ConversationsById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/{id}/transcripts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The words of a conversation
         * @description They stand under `prerecorded`; the others are empty.
         */
        get: operations["getV1ConversationsByIdTranscripts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/{id}/title": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Give a conversation a title */
        patch: operations["patchV1ConversationsByIdTitle"];
        trace?: never;
    };
    "/v1/conversations/{id}/starred": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Star a conversation, or take the star away */
        patch: operations["patchV1ConversationsByIdStarred"];
        trace?: never;
    };
    "/v1/conversations/{id}/visibility": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Say who may see a conversation
         * @description It is kept and told; no route here shows a conversation to anybody but its person.
         */
        patch: operations["patchV1ConversationsByIdVisibility"];
        trace?: never;
    };
    "/v1/conversations/{id}/folder": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Put a conversation into a folder, or into none */
        patch: operations["patchV1ConversationsByIdFolder"];
        trace?: never;
    };
    "/v1/conversations/{id}/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Correct the summary of a conversation */
        patch: operations["patchV1ConversationsByIdSummary"];
        trace?: never;
    };
    "/v1/conversations/{id}/segments/text": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Correct what was said in one segment */
        patch: operations["patchV1ConversationsByIdSegmentsText"];
        trace?: never;
    };
    "/v1/conversations/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Note which events of a conversation are in a calendar, by their place */
        patch: operations["patchV1ConversationsByIdEvents"];
        trace?: never;
    };
    "/v1/conversations/{id}/mutations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change a title or a star, once, however often it is sent */
        post: operations["postV1ConversationsByIdMutations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/{id}/reprocess": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make title, summary and tasks anew
         * @description What its person has decided stays. Filler that is made anew is shown.
         */
        post: operations["postV1ConversationsByIdReprocess"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/merge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Merge conversations into the earliest one */
        post: operations["postV1ConversationsMerge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/{id}/segments/{index}/assign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Say who speaks in one segment */
        patch: operations["patchV1ConversationsByIdSegmentsByIndexAssign"];
        trace?: never;
    };
    "/v1/conversations/{id}/assign-speaker/{speaker}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Say who a speaker of a conversation is */
        patch: operations["patchV1ConversationsByIdAssignSpeakerBySpeaker"];
        trace?: never;
    };
    "/v1/conversations/{id}/segments/assign-bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Say who speaks in several segments */
        patch: operations["patchV1ConversationsByIdSegmentsAssignBulk"];
        trace?: never;
    };
    "/v1/action-items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tasks, the latest first */
        get: operations["getV1ActionItems"];
        put?: never;
        /** Add a task, to a conversation or to none */
        post: operations["postV1ActionItems"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/action-items/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A task */
        get: operations["getV1ActionItemsById"];
        put?: never;
        post?: never;
        /** Delete a task */
        delete: operations["deleteV1ActionItemsById"];
        options?: never;
        head?: never;
        /** Change a task, or tick it off */
        patch: operations["patchV1ActionItemsById"];
        trace?: never;
    };
    "/v1/action-items/batch-delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Delete tasks */
        post: operations["postV1ActionItemsBatchDelete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/{id}/action-items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete a task of a conversation, by its words */
        delete: operations["deleteV1ConversationsByIdActionItems"];
        options?: never;
        head?: never;
        /** Tick tasks of a conversation off, by their place */
        patch: operations["patchV1ConversationsByIdActionItems"];
        trace?: never;
    };
    "/v1/conversations/{id}/action-items/{place}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change a task of a conversation, by its words */
        patch: operations["patchV1ConversationsByIdActionItemsByPlace"];
        trace?: never;
    };
    "/v1/action-items/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Put tasks in another order */
        patch: operations["patchV1ActionItemsBatch"];
        trace?: never;
    };
    "/v1/action-items/sync-batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change tasks as they were changed among the reminders of a phone */
        patch: operations["patchV1ActionItemsSyncBatch"];
        trace?: never;
    };
    "/v1/action-items/pending-sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tasks that lie in the reminders of a phone
         * @description Nothing is put there without being asked, so `pending_export` is empty.
         */
        get: operations["getV1ActionItemsPendingSync"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/action-items/share": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Share tasks with somebody: nothing is shared */
        post: operations["postV1ActionItemsShare"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/action-items/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take tasks that somebody shares: nothing is shared */
        post: operations["postV1ActionItemsAccept"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/folders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The folders, in their order */
        get: operations["getV1Folders"];
        put?: never;
        /** Make a folder */
        post: operations["postV1Folders"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/folders/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A folder */
        get: operations["getV1FoldersById"];
        put?: never;
        post?: never;
        /**
         * Delete a folder
         * @description Its conversations stay: in another folder, or in none.
         */
        delete: operations["deleteV1FoldersById"];
        options?: never;
        head?: never;
        /** Change a folder */
        patch: operations["patchV1FoldersById"];
        trace?: never;
    };
    "/v1/folders/reorder": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Order the folders */
        post: operations["postV1FoldersReorder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/folders/{id}/conversations/bulk-move": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put conversations into a folder
         * @description Ids of conversations that are not there are passed over.
         */
        post: operations["postV1FoldersByIdConversationsBulkMove"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The people whom the person has added or named */
        get: operations["getV1UsersPeople"];
        put?: never;
        /** Add a person */
        post: operations["postV1UsersPeople"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/people/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A person */
        get: operations["getV1UsersPeopleById"];
        put?: never;
        post?: never;
        /** Forget a person */
        delete: operations["deleteV1UsersPeopleById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/people/{id}/name": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Rename a person */
        patch: operations["patchV1UsersPeopleByIdName"];
        trace?: never;
    };
    "/v1/fair-use/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the person is restricted: never
         * @description Bounds of a person are told by 429 with `Retry-After`; they are no verdict on anybody.
         */
        get: operations["getV1FairUseStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/{id}/photos": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Photos of a conversation: none */
        get: operations["getV1ConversationsByIdPhotos"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/{id}/photos/{photoId}/image": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A photo: there is none */
        get: operations["getV1ConversationsByIdPhotosByPhotoIdImage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/{id}/suggested-apps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Apps that fit a conversation: none */
        get: operations["getV1ConversationsByIdSuggestedApps"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/{id}/recording": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the audio of a conversation is kept */
        get: operations["getV1ConversationsByIdRecording"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/{id}/test-prompt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Try a prompt of an app: there are no apps */
        post: operations["postV1ConversationsByIdTestPrompt"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/{id}/calendar-event": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Link an event of a calendar: there is no calendar */
        post: operations["postV1ConversationsByIdCalendarEvent"];
        /** Unlink an event of a calendar: none is linked */
        delete: operations["deleteV1ConversationsByIdCalendarEvent"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/{id}/calendar-event/auto-link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Find an event of a calendar: there is no calendar */
        post: operations["postV1ConversationsByIdCalendarEventAutoLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/sync-jobs/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Called by the queues of Omi's server only */
        post: operations["postV2SyncJobsRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/audio-merge-jobs/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Called by the queues of Omi's server only */
        post: operations["postV2AudioMergeJobsRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/sync-backfill-sequencer/sweep": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Called by the queues of Omi's server only */
        post: operations["postV2SyncBackfillSequencerSweep"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/sync-backfill-sequencer/wake": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Called by the queues of Omi's server only */
        post: operations["postV2SyncBackfillSequencerWake"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Conversations in which these words were said, the best and latest first */
        post: operations["postV1ConversationsSearch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/language": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The person's main language */
        get: operations["getV1UsersLanguage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Choose the person's main language */
        patch: operations["patchV1UsersLanguage"];
        trace?: never;
    };
    "/v1/users/transcription-preferences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The person's language and vocabulary */
        get: operations["getV1UsersTranscriptionPreferences"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change the person's vocabulary, or whether they speak one language only */
        patch: operations["patchV1UsersTranscriptionPreferences"];
        trace?: never;
    };
    "/v1/users/fcm-token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tell the person on this phone
         * @description The token is kept also where notifications are not set up: the app sends it once. The time zone holds for whoever has not chosen one.
         */
        post: operations["postV1UsersFcmToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface webhooks {
    "recording.accepted": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A recording was accepted and is queued */
        post: operations["onRecordingAccepted"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "recording.stage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A stage of its work begins */
        post: operations["onRecordingStage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "recording.progress": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A further twentieth of it is transcribed */
        post: operations["onRecordingProgress"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "recording.waiting": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** It waits: for a worker, or for its next attempt */
        post: operations["onRecordingWaiting"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "recording.completed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** It is transcribed, with words or without */
        post: operations["onRecordingCompleted"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "recording.rejected": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** It cannot be used, and its code says why */
        post: operations["onRecordingRejected"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "recording.failed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** It is not tried again by itself */
        post: operations["onRecordingFailed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "recording.updated": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Its time or its verdict was corrected */
        post: operations["onRecordingUpdated"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "recording.deleted": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** It was deleted */
        post: operations["onRecordingDeleted"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "conversation.created": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** First words of a conversation were placed */
        post: operations["onConversationCreated"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "conversation.updated": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Its words, its time or its speakers have changed */
        post: operations["onConversationUpdated"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "conversation.stage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A stage of its work begins */
        post: operations["onConversationStage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "conversation.waiting": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** It waits for its next attempt */
        post: operations["onConversationWaiting"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "conversation.ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Its title and summary are made */
        post: operations["onConversationReady"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "conversation.failed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Title and summary could not be made; its words can be read */
        post: operations["onConversationFailed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "conversation.merged": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** It became part of another conversation */
        post: operations["onConversationMerged"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "conversation.deleted": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** It was deleted, or has lost its last word */
        post: operations["onConversationDeleted"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "upload.done": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** All files of an upload have ended, and their conversations are ready. Once for each upload */
        post: operations["onUploadDone"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "webhook.skipped": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** An event was not delivered in order for a day, and the next one follows */
        post: operations["onWebhookSkipped"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "webhook.disabled": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A webhook gets nothing any more until it is enabled again */
        post: operations["onWebhookDisabled"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface components {
    schemas: {
        ActionItem: {
            id: string;
            description: string;
            done: boolean;
            doneAtMs: number | null;
            dueAtMs: number | null;
            dueText: string | null;
            /** @description Where it was said; null of one that you have added */
            segmentId: string | null;
            /** @description What was said right before, if the description alone is unclear */
            context?: string;
            /** @description Where it stands among the others; null: nowhere in particular */
            order: number | null;
            indent: number;
            /** @description null: it belongs to none */
            conversationId: string | null;
            /** @description Where a phone keeps it among its reminders */
            reminder: {
                platform: string | null;
                id: string | null;
                /** @description UTC epoch, milliseconds */
                atMs: number;
            } | null;
            /** @description You have added it */
            added: boolean;
            /** @description UTC epoch, milliseconds */
            createdAtMs: number;
            /** @description UTC epoch, milliseconds */
            updatedAtMs: number;
        };
        /**
         * @example {
         *       "done": true
         *     }
         */
        ActionItemChange: {
            description?: string;
            /** @description UTC epoch, milliseconds; null: never */
            dueAtMs?: number | null;
            done?: boolean;
            /** @description Where it stands among the others */
            order?: number;
            indent?: number;
        };
        ActionItemPage: {
            actionItems: components["schemas"]["ActionItem"][];
            nextCursor: string | null;
        };
        ApiKey: {
            id: string;
            name: string;
            scopes: ("read" | "upload" | "operate" | "admin")[];
            createdAtMs: number;
            expiresAtMs: number | null;
            /** @description To the minute */
            lastUsedAtMs: number | null;
            revokedAtMs: number | null;
        };
        AudioAddress: {
            /** @description Relative to the server */
            url: string;
            /** @description UTC epoch, milliseconds */
            expiresAtMs: number;
        };
        AudioMap: {
            durationMs: number;
            /** @enum {string} */
            gaps: "keep" | "skip";
            parts: {
                /** @description In the sound */
                fromMs: number;
                toMs: number;
                /** @description When that was; null where no clock told */
                startedAtMs: number | null;
                /** @description What sounds; several where two microphones heard different words. Empty: silence between recordings */
                recordings: {
                    id: string;
                    /** @description In the recording */
                    fromMs: number;
                }[];
            }[];
        };
        /** @description As `audiowaveform` writes it, version 2 */
        AudioPeaks: {
            /** @constant */
            version: 2;
            /** @constant */
            channels: 1;
            /** @constant */
            sample_rate: 16000;
            samples_per_pixel: number;
            /** @constant */
            bits: 8;
            /** @description Number of pairs */
            length: number;
            /** @description Pairs of the lowest and the highest sample, from -128 to 127 */
            data: number[];
        };
        Bounds: {
            /** @description null: no bound */
            requestsPerMinute: number | null;
            /** @description null: no bound */
            bytesUnderWay: number | null;
            storedBytes: {
                used: number;
                /** @description null: no bound */
                most: number | null;
            };
            /** @description Audio that waits to be transcribed */
            queuedMs: {
                used: number;
                /** @description null: no bound */
                most: number | null;
            };
            languageCallsPerDay: {
                used: number;
                /** @description null: no bound */
                most: number | null;
                /** @description UTC epoch, milliseconds */
                renewsAtMs: number;
            };
        };
        Conversation: {
            id: string;
            /**
             * @description `settling` changes by itself once title and summary are made; `failed` waits for a person, and the words can be read
             * @enum {string}
             */
            status: "settling" | "ready" | "failed";
            /** @description Why the last attempt to make title and summary failed */
            failure: string | null;
            /** @description A stable code for `failure`, from docs/errors.md; null also for failures of older versions */
            code: string | null;
            /** @description What a person can do about it */
            remedy: string | null;
            /** @description Attempts that failed so far */
            tries: number;
            /** @description When the next automatic attempt begins */
            nextTryAtMs: number | null;
            /** @description When it is expected to be done; null once it is */
            expected: components["schemas"]["Expected"] | null;
            /** @description As you have decided it, or as it was made */
            title: string | null;
            /** @description As you have decided it, or as it was made */
            overview: string | null;
            starred: boolean;
            /** @enum {string} */
            visibility: "private" | "shared" | "public";
            /** @description You have said that it stays, however little was said */
            kept: boolean;
            /** @description What of these you have decided: nothing that is made later changes it */
            decided: ("title" | "overview" | "starred" | "visibility" | "folder" | "kept")[];
            /** @description It holds a few words of filler only, as "hm, yeah"; lists show it on request */
            discarded: boolean;
            emoji: string | null;
            category: string | null;
            keyPoints: {
                text: string;
                segmentId: string;
            }[];
            actionItems: {
                /** @description null for a moment after an upgrade */
                id: string | null;
                description: string;
                done: boolean;
                doneAtMs: number | null;
                dueAtMs: number | null;
                dueText: string | null;
                /** @description Where it was said; null of one that you have added */
                segmentId: string | null;
                /** @description What was said right before, if the description alone is unclear */
                context?: string;
                /** @description Where it stands among the others; null: nowhere in particular */
                order: number | null;
                indent: number;
            }[];
            /** @description One section for each subject, as Markdown; only a language model makes them */
            sections: {
                heading: string;
                body: string;
                segmentIds: string[];
            }[];
            events: {
                title: string;
                description: string;
                /** @description UTC epoch, milliseconds */
                startsAtMs: number;
                minutes: number;
                segmentId: string;
                /** @description You have put it into a calendar */
                added: boolean;
            }[];
            /** @description The folder it belongs to; `confidence` is null when it follows from the category, or was decided by you */
            folder: {
                id: string;
                confidence: number | null;
            } | null;
            /** @description What made title and summary. `extractive` beside a `failure`: shown until the language model answers */
            madeBy: {
                /** @enum {string} */
                kind: "extractive" | "language-model";
                model: string;
                version: string;
            } | null;
            /** @description UTC epoch, milliseconds */
            startedAtMs: number;
            /** @description UTC epoch, milliseconds */
            endedAtMs: number;
            /** @description UTC epoch, milliseconds */
            updatedAtMs: number;
            recordingIds: string[];
            /**
             * @description How much of its audio is kept. Where none is, `…/audio` answers 410 `audio_gone`
             * @enum {string}
             */
            audioKept: "all" | "some" | "none";
            /** @description When the first of its audio goes that is kept now, by what its person has chosen; null: none goes */
            audioKeptUntilMs: number | null;
            /** @description Since when none of its audio is kept */
            audioRemovedAtMs: number | null;
            /** @description Times in the conversation with speech but without words */
            speechWithoutWords: {
                recordingId: string;
                /** @description UTC epoch, milliseconds */
                startedAtMs: number;
                /** @description UTC epoch, milliseconds */
                endedAtMs: number;
                /**
                 * @description `unintelligible`: no word was understood; `unknown_language`: the transcriber does not know the language
                 * @enum {string}
                 */
                code: "unintelligible" | "unknown_language";
            }[];
            /** @description Times at which words are hidden because another recording of that microphone has them too */
            saidTwice: {
                /** @description Its words are hidden */
                recordingId: string;
                /** @description The recording whose words are shown */
                shownIn: string;
                /** @description By the clock of the recording that is shown */
                startedAtMs: number;
                /** @description UTC epoch, milliseconds */
                endedAtMs: number;
            }[];
            /** @description In the order in which they first speak; empty if the provider does not tell speakers apart */
            speakers: {
                id: string;
                /** @description The name that you gave */
                name: string | null;
                /** @description It is you, by what you have said */
                isOwner: boolean;
                /** @description `Speaker 1` speaks first */
                label: string;
                spokenMs: number;
            }[];
            segments: {
                id: string;
                /** @description As you have corrected it, or as it was heard */
                text: string;
                /** @description As it was heard, where you have corrected it */
                heardText: string | null;
                /** @description UTC epoch, milliseconds */
                startedAtMs: number;
                /** @description UTC epoch, milliseconds */
                endedAtMs: number;
                /** @description The name or label of the speaker; null if speakers were not told apart */
                speaker: string | null;
                speakerId: string | null;
                /** @description You have said who speaks in this very segment */
                speakerDecided: boolean;
                /** @description BCP 47; null if the provider does not report it */
                language: string | null;
                /** @description With `?include=words`; null if the provider gives no times for words */
                words?: {
                    /** @description UTC epoch, milliseconds */
                    startMs: number;
                    /** @description UTC epoch, milliseconds */
                    endMs: number;
                    text: string;
                }[] | null;
                recordingId: string;
                provider: string;
                model: string;
            }[];
        };
        /**
         * @example {
         *       "title": "Roof of the old mill",
         *       "starred": true
         *     }
         * @example {
         *       "title": null
         *     }
         */
        ConversationChange: {
            /** @description null or nothing but blanks: the title that was made is shown again */
            title?: string | null;
            /** @description null or nothing but blanks: the summary that was made is shown again */
            overview?: string | null;
            starred?: boolean;
            /** @enum {string} */
            visibility?: "private" | "shared" | "public";
            /** @description The id of a folder; null: in none */
            folder?: string | null;
            /** @description true: it stays in lists although it holds a few words only */
            kept?: boolean;
        };
        ConversationEventData: {
            conversationId: string;
            /** @description The uploads whose event streams tell of it */
            uploadIds: string[];
            /** @enum {string} */
            status: "settling" | "ready" | "failed" | "merged" | "deleted";
            /**
             * @description What begins: telling its speakers apart, or making title and summary
             * @enum {string}
             */
            stage?: "linking" | "understanding";
            /**
             * @description `backfill`: all of its recordings were a backlog. Told when its work ends or waits
             * @enum {string}
             */
            lane?: "fresh" | "backfill";
            /** @description Counts the versions of its words */
            revision: number;
            code: string | null;
            tries: number;
            nextTryAtMs: number | null;
            /** @description The conversation that it became part of */
            mergedInto: string | null;
        };
        ConversationPage: {
            conversations: {
                id: string;
                /**
                 * @description `settling` changes by itself once title and summary are made; `failed` waits for a person, and the words can be read
                 * @enum {string}
                 */
                status: "settling" | "ready" | "failed";
                /** @description Why the last attempt to make title and summary failed */
                failure: string | null;
                /** @description A stable code for `failure`, from docs/errors.md; null also for failures of older versions */
                code: string | null;
                /** @description What a person can do about it */
                remedy: string | null;
                /** @description Attempts that failed so far */
                tries: number;
                /** @description When the next automatic attempt begins */
                nextTryAtMs: number | null;
                /** @description When it is expected to be done; null once it is */
                expected: components["schemas"]["Expected"] | null;
                /** @description As you have decided it, or as it was made */
                title: string | null;
                /** @description As you have decided it, or as it was made */
                overview: string | null;
                starred: boolean;
                /** @enum {string} */
                visibility: "private" | "shared" | "public";
                /** @description You have said that it stays, however little was said */
                kept: boolean;
                /** @description What of these you have decided: nothing that is made later changes it */
                decided: ("title" | "overview" | "starred" | "visibility" | "folder" | "kept")[];
                /** @description It holds a few words of filler only, as "hm, yeah"; lists show it on request */
                discarded: boolean;
                emoji: string | null;
                category: string | null;
                keyPoints: {
                    text: string;
                    segmentId: string;
                }[];
                actionItems: {
                    /** @description null for a moment after an upgrade */
                    id: string | null;
                    description: string;
                    done: boolean;
                    doneAtMs: number | null;
                    dueAtMs: number | null;
                    dueText: string | null;
                    /** @description Where it was said; null of one that you have added */
                    segmentId: string | null;
                    /** @description What was said right before, if the description alone is unclear */
                    context?: string;
                    /** @description Where it stands among the others; null: nowhere in particular */
                    order: number | null;
                    indent: number;
                }[];
                /** @description One section for each subject, as Markdown; only a language model makes them */
                sections: {
                    heading: string;
                    body: string;
                    segmentIds: string[];
                }[];
                events: {
                    title: string;
                    description: string;
                    /** @description UTC epoch, milliseconds */
                    startsAtMs: number;
                    minutes: number;
                    segmentId: string;
                    /** @description You have put it into a calendar */
                    added: boolean;
                }[];
                /** @description The folder it belongs to; `confidence` is null when it follows from the category, or was decided by you */
                folder: {
                    id: string;
                    confidence: number | null;
                } | null;
                /** @description What made title and summary. `extractive` beside a `failure`: shown until the language model answers */
                madeBy: {
                    /** @enum {string} */
                    kind: "extractive" | "language-model";
                    model: string;
                    version: string;
                } | null;
                /** @description UTC epoch, milliseconds */
                startedAtMs: number;
                /** @description UTC epoch, milliseconds */
                endedAtMs: number;
                /** @description UTC epoch, milliseconds */
                updatedAtMs: number;
            }[];
            nextCursor: string | null;
        };
        DeadLetter: {
            id: string;
            /** @enum {string} */
            kind: "recording" | "conversation";
            userId: string;
            code: string | null;
            /** @description As the table of errors tells it, never what a provider said */
            reason: string | null;
            remedy: string | null;
            tries: number;
            /** @description UTC epoch, milliseconds */
            sinceMs: number;
        };
        DeadLetterPage: {
            deadLetters: components["schemas"]["DeadLetter"][];
            nextCursor: string | null;
        };
        /**
         * @example {
         *       "events": [
         *         {
         *           "place": 0,
         *           "added": true
         *         }
         *       ]
         *     }
         */
        EventChanges: {
            events: {
                /** @description In `events` of the conversation, from 0 */
                place: number;
                /** @description It lies in a calendar of yours */
                added: boolean;
            }[];
        };
        Expected: {
            /**
             * @description What it is in; `waiting` for its next attempt, `settling` for more uploads or other recordings
             * @enum {string}
             */
            stage: "queued" | "waiting" | "transcribing" | "placing" | "settling" | "understanding";
            /** @description Its number in the line of its lane, 1 for the next; null in work */
            place: number | null;
            /** @description Part of its sound that is transcribed */
            share: number;
            /** @description When it is expected to be done; null if that cannot be said */
            doneAtMs: number | null;
            earliestAtMs: number | null;
            /** @description Most are done between these two; later arrivals can still move them */
            latestAtMs: number | null;
            /** @description How far such estimates were off lately in the mean, as a share of the time it took; null before the first: the times are what is usual elsewhere */
            usualError: number | null;
            /** @description Why nothing is expected: no worker is running, or the one that worked on it has ended and another one takes it over */
            unknown: ("no_worker" | "worker_lost") | null;
        };
        Folder: {
            id: string;
            name: string;
            /**
             * @description What belongs there, in words
             * @default
             */
            description: string;
            /** @default #6B7280 */
            color: string;
            /** @default folder */
            icon: string;
            /**
             * @description What lands there when nobody can tell better
             * @default []
             */
            categories: ("personal" | "education" | "health" | "finance" | "legal" | "philosophy" | "spiritual" | "science" | "entrepreneurship" | "parenting" | "romantic" | "travel" | "inspiration" | "technology" | "business" | "social" | "work" | "sports" | "politics" | "literature" | "history" | "architecture" | "music" | "weather" | "news" | "entertainment" | "psychology" | "real" | "design" | "family" | "economics" | "environment" | "other")[];
        };
        /**
         * @example {
         *       "name": "Roof"
         *     }
         */
        FolderChange: {
            name?: string;
            description?: string;
            color?: string;
            icon?: string;
            categories?: ("personal" | "education" | "health" | "finance" | "legal" | "philosophy" | "spiritual" | "science" | "entrepreneurship" | "parenting" | "romantic" | "travel" | "inspiration" | "technology" | "business" | "social" | "work" | "sports" | "politics" | "literature" | "history" | "architecture" | "music" | "weather" | "news" | "entertainment" | "psychology" | "real" | "design" | "family" | "economics" | "environment" | "other")[];
        };
        FolderInput: {
            id: string;
            name: string;
            /**
             * @description What belongs there, in words
             * @default
             */
            description: string;
            /** @default #6B7280 */
            color: string;
            /** @default folder */
            icon: string;
            /**
             * @description What lands there when nobody can tell better
             * @default []
             */
            categories: ("personal" | "education" | "health" | "finance" | "legal" | "philosophy" | "spiritual" | "science" | "entrepreneurship" | "parenting" | "romantic" | "travel" | "inspiration" | "technology" | "business" | "social" | "work" | "sports" | "politics" | "literature" | "history" | "architecture" | "music" | "weather" | "news" | "entertainment" | "psychology" | "real" | "design" | "family" | "economics" | "environment" | "other")[];
        };
        /**
         * @example {
         *       "conversationIds": [
         *         "cnv_1",
         *         "cnv_2"
         *       ]
         *     }
         */
        FolderMove: {
            conversationIds: string[];
        };
        /**
         * @example {
         *       "ids": [
         *         "work",
         *         "personal"
         *       ]
         *     }
         */
        FolderOrder: {
            ids: string[];
        };
        FolderView: {
            id: string;
            name: string;
            /**
             * @description What belongs there, in words
             * @default
             */
            description: string;
            /** @default #6B7280 */
            color: string;
            /** @default folder */
            icon: string;
            /**
             * @description What lands there when nobody can tell better
             * @default []
             */
            categories: ("personal" | "education" | "health" | "finance" | "legal" | "philosophy" | "spiritual" | "science" | "entrepreneurship" | "parenting" | "romantic" | "travel" | "inspiration" | "technology" | "business" | "social" | "work" | "sports" | "politics" | "literature" | "history" | "architecture" | "music" | "weather" | "news" | "entertainment" | "psychology" | "real" | "design" | "family" | "economics" | "environment" | "other")[];
            conversationCount: number;
        };
        Folders: {
            folders: components["schemas"]["FolderView"][];
        };
        FoundConversation: {
            conversation: {
                id: string;
                /**
                 * @description `settling` changes by itself once title and summary are made; `failed` waits for a person, and the words can be read
                 * @enum {string}
                 */
                status: "settling" | "ready" | "failed";
                /** @description Why the last attempt to make title and summary failed */
                failure: string | null;
                /** @description A stable code for `failure`, from docs/errors.md; null also for failures of older versions */
                code: string | null;
                /** @description What a person can do about it */
                remedy: string | null;
                /** @description Attempts that failed so far */
                tries: number;
                /** @description When the next automatic attempt begins */
                nextTryAtMs: number | null;
                /** @description When it is expected to be done; null once it is */
                expected: components["schemas"]["Expected"] | null;
                /** @description As you have decided it, or as it was made */
                title: string | null;
                /** @description As you have decided it, or as it was made */
                overview: string | null;
                starred: boolean;
                /** @enum {string} */
                visibility: "private" | "shared" | "public";
                /** @description You have said that it stays, however little was said */
                kept: boolean;
                /** @description What of these you have decided: nothing that is made later changes it */
                decided: ("title" | "overview" | "starred" | "visibility" | "folder" | "kept")[];
                /** @description It holds a few words of filler only, as "hm, yeah"; lists show it on request */
                discarded: boolean;
                emoji: string | null;
                category: string | null;
                keyPoints: {
                    text: string;
                    segmentId: string;
                }[];
                actionItems: {
                    /** @description null for a moment after an upgrade */
                    id: string | null;
                    description: string;
                    done: boolean;
                    doneAtMs: number | null;
                    dueAtMs: number | null;
                    dueText: string | null;
                    /** @description Where it was said; null of one that you have added */
                    segmentId: string | null;
                    /** @description What was said right before, if the description alone is unclear */
                    context?: string;
                    /** @description Where it stands among the others; null: nowhere in particular */
                    order: number | null;
                    indent: number;
                }[];
                /** @description One section for each subject, as Markdown; only a language model makes them */
                sections: {
                    heading: string;
                    body: string;
                    segmentIds: string[];
                }[];
                events: {
                    title: string;
                    description: string;
                    /** @description UTC epoch, milliseconds */
                    startsAtMs: number;
                    minutes: number;
                    segmentId: string;
                    /** @description You have put it into a calendar */
                    added: boolean;
                }[];
                /** @description The folder it belongs to; `confidence` is null when it follows from the category, or was decided by you */
                folder: {
                    id: string;
                    confidence: number | null;
                } | null;
                /** @description What made title and summary. `extractive` beside a `failure`: shown until the language model answers */
                madeBy: {
                    /** @enum {string} */
                    kind: "extractive" | "language-model";
                    model: string;
                    version: string;
                } | null;
                /** @description UTC epoch, milliseconds */
                startedAtMs: number;
                /** @description UTC epoch, milliseconds */
                endedAtMs: number;
                /** @description UTC epoch, milliseconds */
                updatedAtMs: number;
            };
            /** @description How many of its segments have one of the words; title and summary together count as one */
            matches: number;
            /** @description Where the words stand in the text: from a character to before another one, counted in UTF-16 code units as JavaScript does. The text is as it was spoken, so escape it before it becomes HTML */
            titleHighlights: {
                start: number;
                end: number;
            }[];
            /** @description Where the words stand in the text: from a character to before another one, counted in UTF-16 code units as JavaScript does. The text is as it was spoken, so escape it before it becomes HTML */
            overviewHighlights: {
                start: number;
                end: number;
            }[];
            /** @description The best three, in the order spoken */
            lines: {
                segmentId: string;
                text: string;
                /** @description UTC epoch, milliseconds */
                startedAtMs: number;
                /** @description UTC epoch, milliseconds */
                endedAtMs: number;
                speakerId: string | null;
                /** @description The name that you gave */
                speaker: string | null;
                language: string | null;
                /** @description Where the words stand in the text: from a character to before another one, counted in UTF-16 code units as JavaScript does. The text is as it was spoken, so escape it before it becomes HTML */
                highlights: {
                    start: number;
                    end: number;
                }[];
            }[];
        };
        Geolocation: {
            latitude: number;
            longitude: number;
            address: string | null;
            google_place_id: string | null;
            location_type: string | null;
        };
        Health: {
            /**
             * @description `degraded`: uploads are accepted, and nobody works on them. `unavailable`: none is accepted.
             * @enum {string}
             */
            status: "ok" | "degraded" | "unavailable";
            /** @description This process answers */
            live: boolean;
            /** @description An upload would be accepted */
            ready: boolean;
            version: string;
            /** @enum {string} */
            database: "ok" | "unavailable";
            /**
             * @description What an upload would meet
             * @enum {string}
             */
            storage: "ok" | "full" | "read_only" | "unavailable";
            /** @description Workers that are alive */
            workers: number;
            /** @description Recordings that wait for a worker */
            waiting: number;
            processing: number;
            /** @description What is not as it should be, in words */
            problems: string[];
        };
        Identity: {
            id: string;
            issuer: string;
            subject: string;
            label: string | null;
            createdAtMs: number;
        };
        KnownContent: {
            sha256: string;
            recordingId: string;
            /**
             * @description `waiting` and `processing` change by themselves; the others are final. `silent` is a success.
             * @enum {string}
             */
            outcome: "waiting" | "processing" | "completed" | "silent" | "rejected" | "failed" | "deleted";
        };
        Me: {
            id: string;
            /** @description What whoever asks may do */
            scopes: ("read" | "upload" | "operate" | "admin")[];
            /** @description The languages that the transcribers of this server know: speech in others is marked as not understood. Null where they find out by themselves what is spoken */
            knownLanguages: string[] | null;
            /**
             * @description How whoever asks has shown who they are: by `header` a gateway did, and by `nothing` nobody signs in here. Only a session can be signed out of
             * @enum {string}
             */
            signedInBy: "key" | "session" | "token" | "header" | "nothing";
            /** @description Whether POST /api/v1/samples/day takes in the sample day */
            sampleDay: boolean;
            timeZone: string;
            /** @description Empty: the transcriber finds out by itself */
            languages: string[];
            otherLanguages: boolean;
            vocabulary: string[];
            folders: components["schemas"]["Folder"][];
            /** @description null: for ever */
            retentionDays: number | null;
            /** @description null: as long as the words */
            audioRetentionDays: number | null;
            /** @description What the person has chosen; the rest are the settings of the server */
            chosen: ("timeZone" | "languages" | "vocabulary" | "folders" | "retentionDays" | "audioRetentionDays")[];
            bounds: components["schemas"]["Bounds"];
        };
        /**
         * @example {
         *       "conversationIds": [
         *         "cnv_1",
         *         "cnv_2"
         *       ]
         *     }
         */
        Merge: {
            conversationIds: string[];
        };
        /**
         * @example {
         *       "conversationId": "cnv_1",
         *       "description": "Call the builders",
         *       "dueAtMs": 1774000000000
         *     }
         * @example {
         *       "description": "Buy nails"
         *     }
         */
        NewActionItem: {
            description: string;
            /** @description UTC epoch, milliseconds; null: never */
            dueAtMs?: number | null;
            done?: boolean;
            /** @description Where it stands among the others */
            order?: number;
            indent?: number;
            /**
             * @description null or left out: it belongs to no conversation
             * @default null
             */
            conversationId: string | null;
            /** @description Made up if left out. Sent again with the same one, it is there once */
            id?: string;
        };
        /**
         * @example {
         *       "name": "Builders",
         *       "color": "#3B82F6"
         *     }
         */
        NewFolder: {
            /** @description Made up if left out */
            id?: string;
            name: string;
            /**
             * @description What belongs there, in words
             * @default
             */
            description: string;
            /** @default #6B7280 */
            color: string;
            /** @default folder */
            icon: string;
            /**
             * @description What lands there when nobody can tell better
             * @default []
             */
            categories: ("personal" | "education" | "health" | "finance" | "legal" | "philosophy" | "spiritual" | "science" | "entrepreneurship" | "parenting" | "romantic" | "travel" | "inspiration" | "technology" | "business" | "social" | "work" | "sports" | "politics" | "literature" | "history" | "architecture" | "music" | "weather" | "news" | "entertainment" | "psychology" | "real" | "design" | "family" | "economics" | "environment" | "other")[];
        };
        /**
         * @example {
         *       "name": "Anna"
         *     }
         * @example {
         *       "name": "Me",
         *       "isOwner": true
         *     }
         */
        NewPerson: {
            name: string;
            /** @description It is you: one person at most */
            isOwner?: boolean;
        };
        /**
         * @example {
         *       "kind": "fcm",
         *       "token": "dGhpcyBpcyBhIHRva2Vu",
         *       "name": "My phone"
         *     }
         */
        NewPushDevice: {
            /** @constant */
            kind: "fcm";
            /** @description The registration token of the app */
            token: string;
            /** @default null */
            name: string | null;
            /** @description Whether the title of a conversation is in what it is sent; ids only otherwise */
            titles?: boolean;
        } | {
            /** @constant */
            kind: "web";
            /** @description What `PushSubscription.toJSON()` gives */
            subscription: {
                /** Format: uri */
                endpoint: string;
                keys: {
                    p256dh: string;
                    auth: string;
                };
            };
            /** @default null */
            name: string | null;
            /** @description Whether the title of a conversation is in what it is sent; ids only otherwise */
            titles?: boolean;
        };
        OmiAudioPending: {
            /** @constant */
            status: "pending";
            poll_after_ms: number;
        };
        OmiAudioPrecache: {
            /** @enum {string} */
            status: "started" | "no_audio";
            audio_file_count: number;
        };
        OmiAudioUrls: {
            audio_files: {
                id: string;
                /** @enum {string} */
                status: "cached" | "pending" | "unavailable";
                signed_url: string | null;
                content_type: string;
                duration: number;
            }[];
            conversation_audio: {
                id: string;
                /** @enum {string} */
                status: "cached" | "pending" | "unavailable";
                signed_url: string | null;
                content_type: string;
                duration: number;
                audio_files_fingerprint: string;
                captured_duration: number;
                spans: {
                    file_id: string;
                    wall_offset: number;
                    artifact_offset: number;
                    len: number;
                }[];
                built_at: string;
            } | null;
            poll_after_ms: number | null;
        };
        /**
         * @example {
         *       "segment_ids": [
         *         "rec_1:4000.4000"
         *       ],
         *       "assign_type": "is_user",
         *       "value": "true"
         *     }
         */
        OmiBulkAssignment: {
            /** @enum {string} */
            assign_type: "is_user" | "person_id";
            /** @description `null` takes it back */
            value?: string | null;
            segment_ids: string[];
        };
        /**
         * @example {
         *       "conversation_ids": [
         *         "cnv_1"
         *       ]
         *     }
         */
        OmiBulkMove: {
            conversation_ids: string[];
        };
        OmiChanged: {
            /** @constant */
            status: "Ok";
        };
        OmiChangedConversation: {
            /** @constant */
            status: "Ok";
            conversation: components["schemas"]["OmiConversation"];
        };
        OmiConversation: {
            id: string;
            /**
             * Format: date-time
             * @description When it was said, as for all synced audio
             */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            /** Format: date-time */
            started_at: string;
            /** Format: date-time */
            finished_at: string;
            source: string;
            language: string | null;
            /** @enum {string} */
            status: "processing" | "completed";
            discarded: boolean;
            /** @constant */
            sync_relevance?: "review";
            /** @enum {string} */
            visibility: "private" | "shared" | "public";
            starred: boolean;
            folder_id: string | null;
            structured: {
                title: string;
                overview: string;
                emoji: string;
                category: string;
                sections: {
                    heading: string;
                    body_markdown: string;
                    source_segment_ids: string[];
                    kind: string;
                }[];
                action_items: {
                    description: string;
                    completed: boolean;
                    /** Format: date-time */
                    created_at: string;
                    /** Format: date-time */
                    updated_at: string;
                    due_at: string | null;
                    completed_at: string | null;
                    conversation_id: string;
                    source_segment_ids: string[];
                    context?: string;
                }[];
                events: {
                    title: string;
                    description: string;
                    /** Format: date-time */
                    start: string;
                    duration: number;
                    created: boolean;
                }[];
            };
            /** @description Not in lists */
            transcript_segments?: components["schemas"]["OmiSegment"][];
            transcript_segments_compressed: boolean;
            geolocation: components["schemas"]["Geolocation"] | null;
            photos: unknown[];
            /** @description One for all of it; none where its audio is gone */
            audio_files: {
                id: string;
                uid: string;
                conversation_id: string;
                /** @description Seconds since 1970 */
                chunk_timestamps: number[];
                provider: string;
                /** Format: date-time */
                started_at: string;
                duration: number;
            }[];
            apps_results: unknown[];
            plugins_results: unknown[];
            suggested_summarization_apps: unknown[];
            speaker_label_suggestions: unknown[];
            external_data: null;
            app_id: null;
            calendar_event: null;
            call_id: null;
            client_device_id: string | null;
            client_platform: null;
            is_locked: boolean;
            deferred: boolean;
            private_cloud_sync_enabled: boolean;
        };
        OmiCount: {
            count: number;
            sources?: string[];
        };
        OmiDone: {
            /** @constant */
            status: "Ok";
        };
        /**
         * @example {
         *       "events_idx": [
         *         0
         *       ],
         *       "values": [
         *         true
         *       ]
         *     }
         */
        OmiEventStates: {
            events_idx: number[];
            values: boolean[];
        };
        OmiFairUse: {
            /** @constant */
            stage: "none";
            speech_hours_today: number;
            speech_hours_3day: number;
            speech_hours_weekly: number;
            message: string;
        };
        OmiFolder: {
            id: string;
            name: string;
            description: string | null;
            color: string;
            icon: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            order: number;
            is_default: boolean;
            is_system: boolean;
            category_mapping: string | null;
            conversation_count: number;
        };
        /**
         * @example {
         *       "name": "Roof"
         *     }
         */
        OmiFolderChange: {
            name?: string | null;
            description?: string | null;
            color?: string | null;
            icon?: string | null;
            order?: number | null;
        };
        /**
         * @example {
         *       "folder_id": "work"
         *     }
         */
        OmiFolderChoice: {
            folder_id: string | null;
        };
        /**
         * @example {
         *       "folder_ids": [
         *         "work",
         *         "personal"
         *       ]
         *     }
         */
        OmiFolderOrder: {
            folder_ids: string[];
        };
        OmiFoldersChanged: {
            /** @constant */
            status: "ok";
        };
        OmiHasRecording: {
            has_recording: boolean;
        };
        OmiLanguage: {
            language: string | null;
        };
        OmiLanguageChosen: {
            /** @constant */
            status: "ok";
            single_language_mode: boolean;
        };
        OmiManifest: {
            manifest: string;
        };
        /**
         * @example {
         *       "conversation_ids": [
         *         "cnv_1",
         *         "cnv_2"
         *       ],
         *       "reprocess": true
         *     }
         */
        OmiMerge: {
            conversation_ids: string[];
            /** @default true */
            reprocess: boolean;
        };
        OmiMerged: {
            /** @constant */
            status: "completed";
            message: string;
            conversation_ids: string[];
        };
        OmiMoved: {
            /** @constant */
            status: "ok";
            moved_count: number;
        };
        OmiMutated: {
            /** @enum {string} */
            status: "applied" | "replayed";
            client_mutation_id: string;
            conversation_id: string;
            conversation: components["schemas"]["OmiConversation"];
        };
        /**
         * @example {
         *       "client_mutation_id": "6f1c",
         *       "base_revision": 1,
         *       "operation": {
         *         "type": "set_title",
         *         "title": "The roof"
         *       }
         *     }
         */
        OmiMutation: {
            client_mutation_id: string;
            base_revision?: number | null;
            operation: {
                /** @constant */
                type: "set_title";
                title: string;
            } | {
                /** @constant */
                type: "set_starred";
                starred: boolean;
            };
        };
        /**
         * @example {
         *       "name": "Builders",
         *       "color": "#3B82F6"
         *     }
         */
        OmiNewFolder: {
            name: string;
            description?: string | null;
            color?: string | null;
            icon?: string | null;
        };
        /**
         * @example {
         *       "name": "Anna"
         *     }
         */
        OmiNewPerson: {
            name: string;
        };
        OmiNewTask: {
            description: string;
            /** @default false */
            completed: boolean;
            due_at?: string | null;
            conversation_id?: string | null;
            sort_order?: number | null;
            indent_level?: number | null;
        };
        OmiOk: {
            /** @constant */
            status: "ok";
        };
        OmiPerson: {
            id: string;
            name: string;
            created_at: string | null;
            updated_at: string | null;
            /** @description None: voices are not recognised by samples */
            speech_samples: unknown[];
            speech_sample_transcripts: unknown[];
            speech_samples_version: number;
        };
        OmiRefusal: {
            detail: string;
            code?: string;
        };
        OmiRenamed: {
            /** @constant */
            status: "ok";
        };
        OmiSearchPage: {
            items: components["schemas"]["OmiConversation"][];
            total_pages: number;
            current_page: number;
            per_page: number;
        };
        OmiSegment: {
            id: string;
            text: string;
            speaker: string;
            speaker_id: number;
            is_user: boolean;
            person_id: string | null;
            /** @description Seconds from the start of the conversation */
            start: number;
            end: number;
            translations: {
                lang: string;
                text: string;
            }[];
            speech_profile_processed: boolean;
            stt_provider: string;
        };
        /**
         * @example {
         *       "segment_id": "rec_1:4000.4000",
         *       "text": "The roof"
         *     }
         */
        OmiSegmentText: {
            segment_id: string;
            text: string;
        };
        OmiSuggestedApps: {
            suggested_apps: unknown[];
            conversation_id: string;
        };
        /**
         * @example {
         *       "content": "The roof is mended."
         *     }
         */
        OmiSummaryChange: {
            app_id?: string | null;
            content: string;
        };
        OmiSyncAccepted: {
            job_id: string;
            /** @enum {string} */
            status: "queued" | "processing" | "completed" | "partial_failure" | "failed";
            total_files: number;
            total_segments: number;
            poll_after_ms: number;
            /** @enum {string} */
            lane: "fresh" | "backfill";
            /** @description Each file of the request, in its order; Omi's server does not tell it */
            files: components["schemas"]["OmiSyncFile"][];
        };
        OmiSyncFile: {
            name: string;
            recording_id: string;
            sha256: string;
            /**
             * @description `waiting` and `processing` change by themselves; the others are final. `silent` is a success.
             * @enum {string}
             */
            outcome: "waiting" | "processing" | "completed" | "silent" | "rejected" | "failed" | "deleted";
            /** @description From docs/errors.md */
            code?: string;
            reason?: string;
            /** @description What was noticed about a file that is worked on all the same */
            notice?: string;
            /** @description Its bytes are stored here: the copy of the phone is not needed */
            kept: boolean;
            conversation_ids: string[];
        };
        OmiSyncJob: {
            job_id: string;
            /** @enum {string} */
            status: "queued" | "processing" | "completed" | "partial_failure" | "failed";
            total_segments: number;
            processed_segments: number;
            successful_segments: number;
            failed_segments: number;
            /** @enum {string} */
            lane: "fresh" | "backfill";
            /** @description Why it failed, or what it waits for; the app never sends a batch again that `failed` with `sync_invalid_audio` or `stt_invalid_input` */
            reason_code?: string;
            /** @description Seconds until the next try; while a provider is down */
            retry_after?: number;
            recording_age_seconds?: number;
            result?: components["schemas"]["OmiSyncResult"];
            error?: string;
            /** @description Each file of the request, in its order; Omi's server does not tell it */
            files: components["schemas"]["OmiSyncFile"][];
        };
        OmiSyncResult: {
            new_memories: string[];
            updated_memories: string[];
            failed_segments: number;
            total_segments: number;
            errors: string[];
            /** @description Each file of the request, in its order; Omi's server does not tell it */
            files: components["schemas"]["OmiSyncFile"][];
        };
        OmiSyncedTasks: {
            pending_export: components["schemas"]["OmiTask"][];
            synced_items: components["schemas"]["OmiTask"][];
        };
        OmiTask: {
            id: string;
            description: string;
            completed: boolean;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            due_at: string | null;
            completed_at: string | null;
            conversation_id: string | null;
            is_locked: boolean;
            /** @description It lies in the reminders of the phone */
            exported: boolean;
            /** Format: date-time */
            export_date?: string;
            export_platform?: string;
            apple_reminder_id?: string;
            sort_order: number;
            indent_level: number;
        };
        OmiTaskChange: {
            description?: string | null;
            completed?: boolean | null;
            /** @description null: no time */
            due_at?: string | null;
            sort_order?: number | null;
            indent_level?: number | null;
            exported?: boolean | null;
            export_date?: string | null;
            export_platform?: string | null;
            apple_reminder_id?: string | null;
        };
        OmiTaskChanges: {
            items: {
                description?: string | null;
                completed?: boolean | null;
                /** @description null: no time */
                due_at?: string | null;
                sort_order?: number | null;
                indent_level?: number | null;
                exported?: boolean | null;
                export_date?: string | null;
                export_platform?: string | null;
                apple_reminder_id?: string | null;
                id: string;
            }[];
        };
        /**
         * @example {
         *       "description": "Call",
         *       "completed": false
         *     }
         */
        OmiTaskGone: {
            description: string;
            completed?: boolean | null;
        };
        /**
         * @example {
         *       "ids": [
         *         "act_1"
         *       ]
         *     }
         */
        OmiTaskIds: {
            ids: string[];
        };
        /**
         * @example {
         *       "items": [
         *         {
         *           "id": "act_1",
         *           "sort_order": 3,
         *           "indent_level": 0
         *         }
         *       ]
         *     }
         */
        OmiTaskPlaces: {
            items: {
                id: string;
                sort_order?: number | null;
                indent_level?: number | null;
            }[];
        };
        /**
         * @example {
         *       "items_idx": [
         *         0
         *       ],
         *       "values": [
         *         true
         *       ]
         *     }
         */
        OmiTaskStates: {
            items_idx: number[];
            values: boolean[];
        };
        /**
         * @example {
         *       "old_description": "Call",
         *       "description": "Call Ana"
         *     }
         */
        OmiTaskWords: {
            old_description: string;
            description: string;
        };
        OmiTasks: {
            action_items: components["schemas"]["OmiTask"][];
            has_more: boolean;
        };
        OmiTasksChanged: {
            /** @constant */
            status: "Ok";
        };
        OmiTasksCounted: {
            /** @constant */
            status: "ok";
            updated_count: number;
        };
        OmiTasksDeleted: {
            /** @constant */
            status: "ok";
            deleted_count: number;
            deleted_ids: string[];
        };
        OmiTokenSaved: {
            /** @constant */
            status: "Ok";
        };
        OmiTranscriptionPreferences: {
            single_language_mode: boolean;
            vocabulary: string[];
            language: string;
        };
        Operation: {
            /** @description UTC epoch, milliseconds */
            atMs: number;
            /** @description The worst first; none: all is well */
            troubles: {
                /** @enum {string} */
                code: "storage_unavailable" | "no_worker" | "workers_lost" | "queue_stuck" | "provider_down" | "provider_failing" | "dead_letters" | "worker_silent" | "webhooks_disabled" | "provider_paused" | "webhooks_failing" | "orphans_stay";
                /** @enum {string} */
                level: "bad" | "warning";
                /** @description A provider, a lane or a worker */
                subject: string | null;
                count: number;
                sinceMs: number | null;
                /** @description What is wrong and what comes of it, in one sentence */
                text: string;
            }[];
            lanes: {
                /** @enum {string} */
                lane: "fresh" | "backfill" | "conversations";
                waiting: number;
                running: number;
                /** @description Age of the oldest that waits; 0 without any */
                oldestMs: number;
                /** @description Why they wait, the most frequent reason first */
                reasons: {
                    code: string;
                    count: number;
                    nextTryAtMs: number | null;
                }[];
            }[];
            /** @description Of what ended within the last 15 minutes */
            stages: {
                /** @enum {string} */
                stage: "queued" | "decode" | "listen" | "transcribe" | "place" | "total" | "understand";
                count: number;
                p50Ms: number;
                p95Ms: number;
            }[];
            /** @description With the calls of the last 10 minutes */
            providers: {
                provider: string;
                /**
                 * @description `down`: its breaker is open somewhere, and calls are not made. `failing`: its last calls failed. `idle`: it was not asked lately
                 * @enum {string}
                 */
                state: "well" | "failing" | "down" | "idle";
                /** @description null where each process has a limit of its own */
                limit: {
                    /** @description Calls at once over all processes, as found out by trying */
                    allowed: number;
                    /** @description Of these, how many the processes hold */
                    granted: number;
                    /** @description How many they would use */
                    wanted: number;
                    processes: number;
                    /** @description What a call takes while the provider is not busy */
                    usualMs: number | null;
                    /** @description It asked to be left alone until then */
                    pausedUntilMs: number | null;
                } | null;
                underWay: number;
                answered: number;
                failed: number;
                /** @description Calls that were not made, because its breaker was open */
                spared: number;
                p50Ms: number | null;
                p95Ms: number | null;
                /** @description Why the last failed call failed */
                lastCode: string | null;
                lastFailedAtMs: number | null;
            }[];
            workers: {
                id: string;
                host: string;
                pid: number;
                version: string;
                /** @description UTC epoch, milliseconds */
                startedAtMs: number;
                /** @description UTC epoch, milliseconds */
                beatAtMs: number;
                /**
                 * @description `silent`: no heartbeat for as long as a lease lasts
                 * @enum {string}
                 */
                state: "alive" | "silent" | "dead";
                /** @description Recordings that it works on at once; null until it has said so */
                places: number | null;
                holds: number;
                /** @description The first ones that it holds */
                held: {
                    id: string;
                    /** @enum {string} */
                    kind: "recording" | "conversation";
                    userId: string;
                    /** @description When its present stage began; null where that is not measured */
                    sinceMs: number | null;
                    /** @description Part that is transcribed */
                    share: number | null;
                    crashes: number;
                }[];
            }[];
            deadLetters: {
                recordings: number;
                conversations: number;
                kinds: {
                    /** @enum {string} */
                    kind: "recording" | "conversation";
                    code: string | null;
                    count: number;
                    /** @description UTC epoch, milliseconds */
                    sinceMs: number;
                }[];
            };
            storage: {
                /**
                 * @description What an upload would meet
                 * @enum {string}
                 */
                state: "ok" | "full" | "read_only" | "unavailable";
                /** @description With audio; null while they are counted */
                recordings: number | null;
                /** @description Of these, as they were sent, and of what has begun to arrive: the sum of `bounds.storedBytes.used` of all people. What two people sent counts twice */
                audioBytes: number | null;
                /** @description Of playable copies, which are made beside formats that cannot be played from any second */
                copyBytes: number | null;
                databaseBytes: number;
                /** @description Objects that are to be freed */
                orphans: number;
                oldestOrphanMs: number;
            };
            webhooks: {
                waiting: number;
                /** @description Given up within the last 24 hours */
                failedLately: number;
                oldestMs: number;
                endpoints: number;
                /** @description Endpoints at which the last attempt failed */
                failing: number;
                disabled: {
                    id: string;
                    userId: string;
                    /** @description UTC epoch, milliseconds */
                    sinceMs: number;
                    code: string | null;
                }[];
            };
            push: {
                waiting: number;
                /** @description Given up within the last 24 hours */
                failedLately: number;
                oldestMs: number;
                devices: number;
            };
        };
        People: {
            people: components["schemas"]["Person"][];
        };
        Person: {
            /** @description Also the id of the speaker in conversations */
            id: string;
            name: string;
            /** @description It is you */
            isOwner: boolean;
            /** @description false: a speaker who was named in a conversation, and goes with the last voice */
            added: boolean;
            createdAtMs: number | null;
            updatedAtMs: number | null;
        };
        /**
         * @example {
         *       "name": "Anna B."
         *     }
         */
        PersonChange: {
            name?: string;
            /** @description It is you: one person at most */
            isOwner?: boolean;
        };
        PreferenceChange: {
            /** @description IANA name: decides what "tomorrow at three" means */
            timeZone?: string | null;
            /** @description BCP 47, the main one first. The transcriber takes a single one as given */
            languages?: string[] | null;
            /** @description true: speech may be in other languages too, so the transcriber finds out by itself */
            otherLanguages?: boolean;
            /** @description Names and terms to listen for */
            vocabulary?: string[] | null;
            /** @description All of them: the list replaces the one before */
            folders?: components["schemas"]["FolderInput"][] | null;
            /** @description Audio and words go so many days after they were recorded or arrived; null keeps them for ever */
            retentionDays?: number | null;
            /** @description The audio goes so many days after its words came, and the words stay; 0: an hour after they came; null keeps it as long as the words */
            audioRetentionDays?: number | null;
        };
        /** @description RFC 9457 problem details */
        Problem: {
            type: string;
            title: string;
            status: number;
            detail: string;
            code: string;
            retryable: boolean;
            remedy: string;
            requestId: string;
            errors?: {
                pointer: string;
                detail: string;
            }[];
        };
        PushDevice: {
            id: string;
            /** @enum {string} */
            kind: "fcm" | "web";
            name: string | null;
            /** @description Whether the title of a conversation is in what it is sent; ids only otherwise */
            titles: boolean;
            /** @description UTC epoch, milliseconds */
            createdAtMs: number;
            /** @description When a push service last took something for it */
            lastSentAtMs: number | null;
        };
        Recording: {
            id: string;
            name: string;
            sha256: string;
            /** @description The phone or gateway whose timeline it is on; what comes without one joins that of its microphone */
            timeline: string;
            sizeBytes: number;
            /** @description When the recording began; null while that is not known */
            startedAtMs: number | null;
            /** @description UTC epoch, milliseconds */
            acceptedAtMs: number;
            finishedAtMs: number | null;
            /**
             * @description `waiting` and `processing` change by themselves; the others are final. `silent` is a success.
             * @enum {string}
             */
            outcome: "waiting" | "processing" | "completed" | "silent" | "rejected" | "failed" | "deleted";
            /** @description A stable code for the reason; docs/errors.md lists them all */
            code: string | null;
            reason: string | null;
            /** @description What a person can do about it */
            remedy: string | null;
            retryable: boolean;
            /** @description When its audio goes, by what its person has chosen; null: it is kept, is gone already, or its words have not come yet */
            audioKeptUntilMs: number | null;
            /** @description Only its words are kept since then */
            audioRemovedAtMs: number | null;
            /** @description Attempts that failed so far */
            tries: number;
            /** @description When the next automatic attempt begins */
            nextTryAtMs: number | null;
            /** @enum {string} */
            lane: "fresh" | "backfill";
            /** @description What its sender told about it; null if nothing */
            capture: {
                sessionId: string | null;
                geolocation: components["schemas"]["Geolocation"] | null;
                /** @description How far the recorder's clock was ahead; null: it was believed */
                clockShiftMs: number | null;
            } | null;
            progress: {
                heardMs: number;
                durationMs: number | null;
            };
            /** @description When it is expected to be done; null once it is */
            expected: components["schemas"]["Expected"] | null;
            /** @description What decoding found; null until it is decoded */
            audio: {
                format: string;
                frames: number;
                /** @description Frames that could not be decoded and were replaced, so that no time shifts */
                concealedFrames: number;
                skippedFrames: number;
                bytesLost: number;
                damage: string | null;
                /** @description Length of the sound that is missing because of damage, as far as the bytes show it */
                lostMs: number;
            } | null;
            /** @description Milliseconds spent in each stage. With a hosted detector of speech also the number of windows (vadWindows), and how many of them Silero examined instead of it (vadFallbacks) */
            timings: {
                [key: string]: number;
            };
            conversationIds: string[];
            /** @description Times with speech but without words */
            speechWithoutWords: {
                recordingId: string;
                /** @description UTC epoch, milliseconds */
                startedAtMs: number;
                /** @description UTC epoch, milliseconds */
                endedAtMs: number;
                /**
                 * @description `unintelligible`: no word was understood; `unknown_language`: the transcriber does not know the language
                 * @enum {string}
                 */
                code: "unintelligible" | "unknown_language";
            }[];
            /** @description Speech that another recording of the same microphone contains too, in milliseconds. It is shown in that recording only */
            heardElsewhere: {
                recordingId: string;
                ms: number;
            }[];
        };
        RecordingDetail: {
            id: string;
            name: string;
            sha256: string;
            /** @description The phone or gateway whose timeline it is on; what comes without one joins that of its microphone */
            timeline: string;
            sizeBytes: number;
            /** @description When the recording began; null while that is not known */
            startedAtMs: number | null;
            /** @description UTC epoch, milliseconds */
            acceptedAtMs: number;
            finishedAtMs: number | null;
            /**
             * @description `waiting` and `processing` change by themselves; the others are final. `silent` is a success.
             * @enum {string}
             */
            outcome: "waiting" | "processing" | "completed" | "silent" | "rejected" | "failed" | "deleted";
            /** @description A stable code for the reason; docs/errors.md lists them all */
            code: string | null;
            reason: string | null;
            /** @description What a person can do about it */
            remedy: string | null;
            retryable: boolean;
            /** @description When its audio goes, by what its person has chosen; null: it is kept, is gone already, or its words have not come yet */
            audioKeptUntilMs: number | null;
            /** @description Only its words are kept since then */
            audioRemovedAtMs: number | null;
            /** @description Attempts that failed so far */
            tries: number;
            /** @description When the next automatic attempt begins */
            nextTryAtMs: number | null;
            /** @enum {string} */
            lane: "fresh" | "backfill";
            /** @description What its sender told about it; null if nothing */
            capture: {
                sessionId: string | null;
                geolocation: components["schemas"]["Geolocation"] | null;
                /** @description How far the recorder's clock was ahead; null: it was believed */
                clockShiftMs: number | null;
            } | null;
            progress: {
                heardMs: number;
                durationMs: number | null;
            };
            /** @description When it is expected to be done; null once it is */
            expected: components["schemas"]["Expected"] | null;
            /** @description What decoding found; null until it is decoded */
            audio: {
                format: string;
                frames: number;
                /** @description Frames that could not be decoded and were replaced, so that no time shifts */
                concealedFrames: number;
                skippedFrames: number;
                bytesLost: number;
                damage: string | null;
                /** @description Length of the sound that is missing because of damage, as far as the bytes show it */
                lostMs: number;
            } | null;
            /** @description Milliseconds spent in each stage. With a hosted detector of speech also the number of windows (vadWindows), and how many of them Silero examined instead of it (vadFallbacks) */
            timings: {
                [key: string]: number;
            };
            conversationIds: string[];
            /** @description Times with speech but without words */
            speechWithoutWords: {
                recordingId: string;
                /** @description UTC epoch, milliseconds */
                startedAtMs: number;
                /** @description UTC epoch, milliseconds */
                endedAtMs: number;
                /**
                 * @description `unintelligible`: no word was understood; `unknown_language`: the transcriber does not know the language
                 * @enum {string}
                 */
                code: "unintelligible" | "unknown_language";
            }[];
            /** @description Speech that another recording of the same microphone contains too, in milliseconds. It is shown in that recording only */
            heardElsewhere: {
                recordingId: string;
                ms: number;
            }[];
            /** @description Calls for its words by provider, in the order of the first call */
            calls: {
                provider: string;
                model: string;
                calls: number;
                answered: number;
                /** @description Number of failed calls by the kind of failure */
                failed: {
                    [key: string]: number;
                };
                retries: number;
                /** @description Calls made because another provider had failed */
                fallbacks: number;
                /** @description Calls that were not made because the provider was known to be down */
                spared: number;
                /** @description Calls that are under way, or whose process died under them */
                unfinished: number;
                tookMs: number;
            }[];
        };
        RecordingEventData: {
            recordingId: string;
            /** @description The uploads whose event streams tell of it */
            uploadIds: string[];
            /** @enum {string} */
            outcome: "waiting" | "processing" | "completed" | "silent" | "rejected" | "failed" | "deleted";
            /**
             * @description The stage that begins here
             * @enum {string}
             */
            stage: "queued" | "transcribing" | "placing" | "done";
            /** @description The reason, from docs/errors.md */
            code: string | null;
            attempt: number;
            /** @description Attempts in a row that failed */
            tries: number;
            nextTryAtMs: number | null;
            /** @enum {string} */
            lane: "fresh" | "backfill";
            /** @description Transcribed so far */
            heardMs: number;
            /** @description null until it is decoded */
            durationMs: number | null;
            /** @description Part of it that is transcribed; guessed from its size until it is decoded */
            share: number;
        };
        RecordingPage: {
            recordings: components["schemas"]["Recording"][];
            nextCursor: string | null;
        };
        ResumableUpload: {
            id: string;
            name: string;
            /** @description Bytes of the whole file */
            length: number;
            /** @description Bytes that are safe; the next request goes on after them */
            received: number;
            /** @description UTC epoch, milliseconds */
            createdAtMs: number;
            /** @description What is not complete by then is removed */
            expiresAtMs: number;
            /** @description The upload that it has become; null while bytes are missing */
            uploadId: string | null;
        };
        SearchPage: {
            /** @description The best and latest first */
            results: components["schemas"]["FoundConversation"][];
            /** @description How many conversations there are on all pages */
            total: number;
            /** @description false: some words that were stored by a version without search cannot be found yet */
            isComplete: boolean;
            nextCursor: string | null;
        };
        /**
         * @example {
         *       "text": "We mend the roof."
         *     }
         * @example {
         *       "speakerId": "per_1"
         *     }
         */
        SegmentChange: {
            /** @description What was really said; null: as it was heard */
            text?: string | null;
            /** @description A speaker, or a person from /api/v1/people; null: the speaker of the voice */
            speakerId?: string | null;
        };
        /**
         * @example {
         *       "segments": [
         *         {
         *           "id": "rec_1:0.0",
         *           "speakerId": "per_1"
         *         }
         *       ]
         *     }
         */
        SegmentChanges: {
            segments: {
                id: string;
                /** @description What was really said; null: as it was heard */
                text?: string | null;
                /** @description A speaker, or a person from /api/v1/people; null: the speaker of the voice */
                speakerId?: string | null;
            }[];
        };
        /**
         * @example {
         *       "segmentIds": [
         *         "rec_1:0.0"
         *       ],
         *       "name": "Ben"
         *     }
         */
        Separation: {
            /** @description The voices that speak in these are a speaker of their own */
            segmentIds: string[];
            /** @description Of that speaker */
            name?: string | null;
        };
        Session: {
            id: string;
            /** @description What the browser calls itself */
            agent: string | null;
            createdAtMs: number;
            /** @description To the minute */
            lastUsedAtMs: number;
            /** @description When it ends if it is not used before */
            expiresAtMs: number;
            /** @description The one that asks */
            current: boolean;
        };
        /**
         * @example {
         *       "name": "Anna"
         *     }
         */
        SpeakerDecision: {
            /** @description null removes the name */
            name?: string | null;
            /** @description The id of another speaker, or of a person from /api/v1/people, who is the same; that one stays */
            sameAs?: string;
        };
        /**
         * @example {
         *       "segmentId": "rec_1:4000.4000"
         *     }
         * @example {
         *       "atMs": 1774000060000
         *     }
         */
        SplitAt: {
            /** @description The first segment of the second part */
            segmentId: string;
        } | {
            /** @description UTC epoch, milliseconds */
            atMs: number;
        };
        StreamToken: {
            token: string;
            /** @description UTC epoch, milliseconds */
            expiresAtMs: number;
        };
        TimingBar: {
            id: string;
            /** @description Of a call: what it was made for */
            parentId: string | null;
            /** @enum {string} */
            kind: "recording" | "conversation" | "transcribe" | "detect" | "diarize" | "understand";
            subject: string;
            /** @description Of a recording */
            name: string | null;
            /** @description The number of the piece of speech, from 0 */
            piece: number | null;
            /** @description Of a piece that was heard across the border to the file before or after, in place of its number */
            across: ("before" | "after") | null;
            outcome: string | null;
            code: string | null;
            /** @description UTC epoch, milliseconds */
            fromMs: number;
            toMs: number | null;
            parts: {
                /** @enum {string} */
                what: "wait" | "run";
                /** @description A stage, or `call` */
                stage: string;
                /** @description UTC epoch, milliseconds */
                fromMs: number;
                /** @description null: it is under way */
                toMs: number | null;
                /** @description Why it waited, or why the call failed */
                code: string | null;
                provider: string | null;
                model: string | null;
                /** @description Of a call: answered, unintelligible, error, cancelled, not_asked; lost: its worker ended under it */
                outcome: string | null;
                /** @description 0 is the first time around; more are tries */
                round: number;
                /** @description 0 is the first provider; more are fallbacks */
                link: number;
                /** @description It decided when the upload was done */
                isCritical: boolean;
            }[];
        };
        Upload: {
            id: string;
            /** @enum {string} */
            status: "processing" | "done";
            /** @description UTC epoch, milliseconds */
            acceptedAtMs: number;
            /** @description When it is expected to be done; null once it is */
            expected: components["schemas"]["Expected"] | null;
            /** @description Number of files by state. An upload whose files were all refused is `done` as well */
            counts: {
                files: number;
                /** @description Not finished yet */
                pending: number;
                /** @description Transcribed, with words or without */
                heard: number;
                /** @description Not usable: `remedy` of the file says what would help */
                refused: number;
                failed: number;
                deleted: number;
            };
            files: {
                recordingId: string;
                known: boolean;
                /** @description A warning about a file that was accepted, such as a new time that was ignored */
                notice: string | null;
                /** @description Its code in the table of errors */
                noticeCode: string | null;
                name: string;
                sha256: string;
                /** @description The phone or gateway whose timeline it is on; what comes without one joins that of its microphone */
                timeline: string;
                sizeBytes: number;
                /** @description When the recording began; null while that is not known */
                startedAtMs: number | null;
                /** @description UTC epoch, milliseconds */
                acceptedAtMs: number;
                finishedAtMs: number | null;
                /**
                 * @description `waiting` and `processing` change by themselves; the others are final. `silent` is a success.
                 * @enum {string}
                 */
                outcome: "waiting" | "processing" | "completed" | "silent" | "rejected" | "failed" | "deleted";
                /** @description A stable code for the reason; docs/errors.md lists them all */
                code: string | null;
                reason: string | null;
                /** @description What a person can do about it */
                remedy: string | null;
                retryable: boolean;
                /** @description When its audio goes, by what its person has chosen; null: it is kept, is gone already, or its words have not come yet */
                audioKeptUntilMs: number | null;
                /** @description Only its words are kept since then */
                audioRemovedAtMs: number | null;
                /** @description Attempts that failed so far */
                tries: number;
                /** @description When the next automatic attempt begins */
                nextTryAtMs: number | null;
                /** @enum {string} */
                lane: "fresh" | "backfill";
                /** @description What its sender told about it; null if nothing */
                capture: {
                    sessionId: string | null;
                    geolocation: components["schemas"]["Geolocation"] | null;
                    /** @description How far the recorder's clock was ahead; null: it was believed */
                    clockShiftMs: number | null;
                } | null;
                progress: {
                    heardMs: number;
                    durationMs: number | null;
                };
                /** @description When it is expected to be done; null once it is */
                expected: components["schemas"]["Expected"] | null;
                /** @description What decoding found; null until it is decoded */
                audio: {
                    format: string;
                    frames: number;
                    /** @description Frames that could not be decoded and were replaced, so that no time shifts */
                    concealedFrames: number;
                    skippedFrames: number;
                    bytesLost: number;
                    damage: string | null;
                    /** @description Length of the sound that is missing because of damage, as far as the bytes show it */
                    lostMs: number;
                } | null;
                /** @description Milliseconds spent in each stage. With a hosted detector of speech also the number of windows (vadWindows), and how many of them Silero examined instead of it (vadFallbacks) */
                timings: {
                    [key: string]: number;
                };
                conversationIds: string[];
                /** @description Times with speech but without words */
                speechWithoutWords: {
                    recordingId: string;
                    /** @description UTC epoch, milliseconds */
                    startedAtMs: number;
                    /** @description UTC epoch, milliseconds */
                    endedAtMs: number;
                    /**
                     * @description `unintelligible`: no word was understood; `unknown_language`: the transcriber does not know the language
                     * @enum {string}
                     */
                    code: "unintelligible" | "unknown_language";
                }[];
                /** @description Speech that another recording of the same microphone contains too, in milliseconds. It is shown in that recording only */
                heardElsewhere: {
                    recordingId: string;
                    ms: number;
                }[];
            }[];
            conversationIds: string[];
            newConversationIds: string[];
            links: {
                self: string;
            };
        };
        UploadEventData: {
            uploadId: string;
            /** @description The uploads whose event streams tell of it */
            uploadIds: string[];
            counts: {
                files: number;
                heard: number;
                /** @description Of those heard: nothing was said in them */
                silent?: number;
                refused: number;
                failed: number;
                deleted: number;
            };
            conversationIds: string[];
        };
        UploadPage: {
            uploads: {
                id: string;
                /**
                 * @description `done` once its last file and the conversations of its words are
                 * @enum {string}
                 */
                status: "processing" | "done";
                /** @description UTC epoch, milliseconds */
                acceptedAtMs: number;
                /** @description null while it is processed, and where that was not noted */
                doneAtMs: number | null;
                /** @description Until it was done: from when it was accepted, or from when the last of its files was begun again, as after its time was told */
                tookMs: number | null;
                sizeBytes: number;
                /** @description Of its files, as far as they are decoded */
                durationMs: number;
                /** @description Of these, how much is transcribed */
                heardMs: number;
                /** @description The name of its first file */
                firstName: string | null;
                counts: {
                    files: number;
                    /** @description Not finished yet */
                    pending: number;
                    /** @description Transcribed, with words or without */
                    heard: number;
                    /** @description Not usable: `remedy` of the file says what would help */
                    refused: number;
                    failed: number;
                    deleted: number;
                };
            }[];
            nextCursor: string | null;
        };
        UploadTiming: {
            uploadId: string;
            /** @enum {string} */
            status: "processing" | "done";
            /** @description UTC epoch, milliseconds */
            acceptedAtMs: number;
            /** @description From its acceptance to its end, or to now. Where a file of it began again after that, from then on */
            totalMs: number;
            files: number;
            uploadBytes: number;
            /** @description Pieces of speech that were transcribed */
            pieces: number;
            speechSeconds: number;
            /** @description The chain that decided when it was done, waits included: its parts add up to totalMs */
            path: {
                /** @description accepting, queued, transcribing, placing, settling, understanding; waiting: for the next attempt */
                stage: string;
                /** @description Why it waited */
                code: string | null;
                /** @description The id of what it was about */
                subject: string;
                /** @description UTC epoch, milliseconds */
                fromMs: number;
                ms: number;
            }[];
            /** @description The same by stage */
            stages: {
                [key: string]: number;
            };
            /** @description Calls for its recordings, by provider */
            calls: {
                kind: string;
                provider: string;
                calls: number;
                /** @description The most calls for one answer */
                tries: number;
                failed: number;
                /** @description Of all calls together; many run at once */
                ms: number;
            }[];
            /** @description With `?bars=true`: a bar for each file and conversation, and below it one for each question to a provider; its parts are waits and runs */
            bars: components["schemas"]["TimingBar"][] | null;
            /** @description Of the bars; there are too many of them */
            callsLeftOut: number;
        };
        Usage: {
            /** @constant */
            currency: "USD";
            total: {
                /** @description Pieces of speech transcribed, or conversations summarised */
                results: number;
                /** @description All calls, including retries and failed ones */
                calls: number;
                failedCalls: number;
                /** @description Length of the pieces that were transcribed */
                audioMs: number;
                inputTokens: number;
                outputTokens: number;
                /** @description Millionths of a US dollar; null if the price of any part is unknown */
                costMicros: number | null;
                /** @description Results whose price was not known when they were committed */
                unpricedResults: number;
            };
            rows: {
                /** @description `transcribe`, `speakers` or `understand`; more may be added */
                stage: string;
                provider: string;
                model: string;
                /** @description Pieces of speech transcribed, or conversations summarised */
                results: number;
                /** @description All calls, including retries and failed ones */
                calls: number;
                failedCalls: number;
                /** @description Length of the pieces that were transcribed */
                audioMs: number;
                inputTokens: number;
                outputTokens: number;
                /** @description Millionths of a US dollar; null if the price of any part is unknown */
                costMicros: number | null;
                /** @description Results whose price was not known when they were committed */
                unpricedResults: number;
            }[];
        };
        Ways: {
            /** @description Any of these is enough: see AFTERWORD_SIGN_IN */
            ways: ("keys" | "oidc" | "firebase" | "header" | "dev")[];
            /** @description Host of the OpenID Connect provider, where there is one */
            provider: string | null;
        };
        Webhook: {
            id: string;
            /** @description https; http and private addresses where the operator allows them */
            url: string;
            description: string | null;
            types: string[] | null;
            /**
             * @description `standard`: ids, codes and times. `omi`: the whole conversation with its words, as Omi posts it once when it is ready; `types` do not count then
             * @enum {string}
             */
            format: "standard" | "omi";
            /** @description In the order of the numbers: others wait for one that fails, which is skipped after 24 h */
            ordered: boolean;
            enabled: boolean;
            disabledAtMs: number | null;
            /** @description `failing`: for five days; `gone`: it has answered 410; `by_person`: you have */
            disabledCode: string | null;
            /** @description Every attempt since then has failed */
            failingSinceMs: number | null;
            lastFailedAtMs: number | null;
            lastDeliveredAtMs: number | null;
            /** @description It has asked to be left alone until then */
            pausedUntilMs: number | null;
            /** @description Until then the secret before signs too */
            previousSecretUntilMs: number | null;
            /** @description The number of the last event that is delivered, waiting or not wanted */
            sentUpTo: number;
            /** @description Events that were deleted by age before they could be sent */
            missed: number;
            /** @description UTC epoch, milliseconds */
            createdAtMs: number;
        };
        WebhookDelivery: {
            /** @description The `webhook-id` of every attempt */
            id: string;
            /** @description Of the event; null for a test */
            number: number | null;
            type: string;
            /** @enum {string} */
            status: "waiting" | "delivered" | "failed" | "skipped";
            /** @description Why the last attempt failed, or why there is none */
            code: string | null;
            /** @description Attempts that failed, since it was last asked for */
            tries: number;
            /** @description UTC epoch, milliseconds */
            createdAtMs: number;
            nextTryAtMs: number | null;
            finishedAtMs: number | null;
            attempts: {
                attempt: number;
                /** @description UTC epoch, milliseconds */
                startedAtMs: number;
                tookMs: number;
                /** @description The HTTP status; null if no answer came */
                status: number | null;
                failure: ("status" | "redirect" | "timeout" | "connection" | "name_not_found" | "address_refused" | "secret_unreadable" | "event_gone" | "conversation_gone") | null;
            }[];
        };
        WebhookEventData: {
            webhookId: string;
            /** @description The uploads whose event streams tell of it */
            uploadIds: string[];
            /** @description Why: `failing` for five days, or `gone` (410); of what was skipped, why the last attempt failed */
            code: string;
            /** @description The number of the event that was skipped */
            skippedNumber: number | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description Default Response */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    getHealthReady: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description Default Response */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    getHealthLive: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        live: true;
                        version: string;
                    };
                };
            };
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    getRecordings: {
        parameters: {
            query?: {
                /** @description `failed` lists the dead letters */
                outcome?: "waiting" | "processing" | "completed" | "silent" | "rejected" | "failed" | "deleted";
                limit?: number;
                /** @description `nextCursor` of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordingPage"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postRecordings: {
        parameters: {
            query?: {
                /** @description The file name of a raw body */
                name?: string;
                /** @description When a raw body was recorded; overrules its name */
                startedAtMs?: number;
                /** @description When its file was last written: it is taken as its end where neither `startedAtMs` nor its name tells a time */
                writtenAtMs?: number;
                /** @description Bring back what was deleted */
                restore?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "files": [
                 *         "the bytes of memo_1774000000.wav"
                 *       ],
                 *       "startedAtMs": [
                 *         1774000000000
                 *       ]
                 *     }
                 */
                "multipart/form-data": {
                    /** @description The files, each with its name, as `memo_1774000000.wav` */
                    files: string[];
                    /**
                     * @description When each file was recorded, in the order of the files: UTC epoch, milliseconds
                     * @example [
                     *       1774000000000
                     *     ]
                     */
                    startedAtMs?: number[];
                };
                /** @example the bytes of a file, whose name is in the address */
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Upload"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRecordingsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordingDetail"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteRecordingsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchRecordingsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "startedAtMs": 1774000000000
                 *     }
                 */
                "application/json": {
                    /** @description When it was really made, in UTC epoch milliseconds */
                    startedAtMs: number;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recording"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postRecordingsByIdRetry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recording"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postRecordingsRetry: {
        parameters: {
            query: {
                /** @description Which recordings: those with speech in an unknown language */
                code: "unknown_language";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Recordings that are on their way again */
                        retried: number;
                        /** @description Whether there are others, for which the request is to be sent again */
                        more: boolean;
                    };
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getUploads: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `nextCursor` of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadPage"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getUploadsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Upload"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getUploadsByIdTiming: {
        parameters: {
            query?: {
                /** @description Also every stage and call, for a waterfall */
                bars?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadTiming"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postUploadsByIdCancel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Upload"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postSamplesDay: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Upload"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postResumable: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Empty */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getResumableById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResumableUpload"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteResumableById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Empty */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchResumableById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Empty */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postRecordingsKnown: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "sha256": [
                 *         "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** @description Of the bytes of each file */
                    sha256: string[];
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        known: components["schemas"]["KnownContent"][];
                    };
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getConversations: {
        parameters: {
            query?: {
                /** @description `failed` lists the dead letters */
                status?: "settling" | "ready" | "failed";
                /** @description Those too that hold a few words of filler only */
                include?: "discarded";
                /** @description Only those with these ids, up to 100 with commas between them */
                ids?: string;
                starred?: string;
                /** @description The id of a folder */
                folder?: string;
                /** @description Only those in which this speaker says something, by id */
                speaker?: string;
                /** @description Only those with a part from then on: UTC epoch milliseconds */
                from?: number;
                /** @description Only those with a part before then */
                to?: number;
                limit?: number;
                /** @description `nextCursor` of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationPage"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getConversationsById: {
        parameters: {
            query?: {
                /** @description A time for each word */
                include?: "words";
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conversation"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteConversationsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchConversationsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConversationChange"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conversation"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postConversationsByIdRetry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conversation"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getConversationsByIdAudio: {
        parameters: {
            query?: {
                /** @description `wav`: 16 kHz, mono, 16 bits. `ogg`: Opus, a tenth of that; stored packets are copied where they can be */
                format?: "wav" | "ogg";
                /** @description Whether the silence between recordings is part of the sound */
                gaps?: "keep" | "skip";
                /** @description From an address that `POST …/audio/address` gave, instead of headers */
                token?: string;
                /** @description The name of a file: a browser saves the sound under it instead of playing it */
                saveAs?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sound */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/wav": unknown;
                    "audio/ogg": unknown;
                };
            };
            /** @description Part of it */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/wav": unknown;
                    "audio/ogg": unknown;
                };
            };
            /** @description Default Response */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/wav": components["schemas"]["Problem"];
                    "audio/ogg": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/wav": components["schemas"]["Problem"];
                    "audio/ogg": components["schemas"]["Problem"];
                };
            };
        };
    };
    getConversationsByIdAudioMap: {
        parameters: {
            query?: {
                /** @description Whether the silence between recordings is part of the sound */
                gaps?: "keep" | "skip";
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AudioMap"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getConversationsByIdPeaks: {
        parameters: {
            query?: {
                /** @description 0: 40 ms a pair, 1: 200 ms, 2: 1 s, 3: 10 s */
                zoom?: number;
                /** @description Whether the silence between recordings is part of the sound */
                gaps?: "keep" | "skip";
                /** @description `dat`: the same as bytes */
                format?: "json" | "dat";
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AudioPeaks"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postConversationsByIdAudioAddress: {
        parameters: {
            query?: {
                /** @description `wav`: 16 kHz, mono, 16 bits. `ogg`: Opus, a tenth of that; stored packets are copied where they can be */
                format?: "wav" | "ogg";
                /** @description Whether the silence between recordings is part of the sound */
                gaps?: "keep" | "skip";
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AudioAddress"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRecordingsByIdAudio: {
        parameters: {
            query?: {
                /** @description `wav`: 16 kHz, mono, 16 bits. `ogg`: Opus, a tenth of that; stored packets are copied where they can be */
                format?: "wav" | "ogg";
                /** @description Whether the silence between recordings is part of the sound */
                gaps?: "keep" | "skip";
                /** @description From an address that `POST …/audio/address` gave, instead of headers */
                token?: string;
                /** @description The name of a file: a browser saves the sound under it instead of playing it */
                saveAs?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sound */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/wav": unknown;
                    "audio/ogg": unknown;
                };
            };
            /** @description Part of it */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/wav": unknown;
                    "audio/ogg": unknown;
                };
            };
            /** @description Default Response */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/wav": components["schemas"]["Problem"];
                    "audio/ogg": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/wav": components["schemas"]["Problem"];
                    "audio/ogg": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRecordingsByIdAudioMap: {
        parameters: {
            query?: {
                /** @description Whether the silence between recordings is part of the sound */
                gaps?: "keep" | "skip";
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AudioMap"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRecordingsByIdPeaks: {
        parameters: {
            query?: {
                /** @description 0: 40 ms a pair, 1: 200 ms, 2: 1 s, 3: 10 s */
                zoom?: number;
                /** @description Whether the silence between recordings is part of the sound */
                gaps?: "keep" | "skip";
                /** @description `dat`: the same as bytes */
                format?: "json" | "dat";
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AudioPeaks"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postRecordingsByIdAudioAddress: {
        parameters: {
            query?: {
                /** @description `wav`: 16 kHz, mono, 16 bits. `ogg`: Opus, a tenth of that; stored packets are copied where they can be */
                format?: "wav" | "ogg";
                /** @description Whether the silence between recordings is part of the sound */
                gaps?: "keep" | "skip";
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AudioAddress"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postV1SyncAudioByIdPrecache: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiAudioPrecache"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    getV1SyncAudioByIdUrls: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiAudioUrls"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    getV1SyncAudioByIdByFile: {
        parameters: {
            query?: {
                format?: "wav" | "pcm";
            };
            header?: never;
            path: {
                id: string;
                file: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sound */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/wav": unknown;
                };
            };
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/wav": components["schemas"]["OmiAudioPending"];
                };
            };
            /** @description Part of it */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/wav": unknown;
                };
            };
            /** @description Default Response */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/wav": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/wav": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    getConversationsByIdTranscript: {
        parameters: {
            query?: {
                format?: "text" | "md" | "srt" | "vtt" | "json";
                /** @description Of subtitles: from the first word, or as in `/api/v1/conversations/{id}/audio`, which begins before it */
                times?: "conversation" | "audio";
                /** @description That of the audio */
                gaps?: "keep" | "skip";
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": unknown;
                    "text/markdown": unknown;
                    "application/x-subrip": unknown;
                    "text/vtt": unknown;
                    "application/json": unknown;
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": components["schemas"]["Problem"];
                    "text/markdown": components["schemas"]["Problem"];
                    "application/x-subrip": components["schemas"]["Problem"];
                    "text/vtt": components["schemas"]["Problem"];
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": components["schemas"]["Problem"];
                    "text/markdown": components["schemas"]["Problem"];
                    "application/x-subrip": components["schemas"]["Problem"];
                    "text/vtt": components["schemas"]["Problem"];
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchConversationsByIdSegments: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SegmentChanges"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conversation"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchConversationsByIdSegmentsBySegmentId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                segmentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SegmentChange"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conversation"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getConversationsByIdEvents: {
        parameters: {
            query?: {
                /** @description For whoever cannot send the header `Last-Event-ID`, which overrules this */
                lastEventId?: number;
                /** @description From `POST /api/v1/events/token`, instead of headers */
                token?: string;
                /** @description Bytes of comment after each batch of events, for a proxy that hands on full buffers only */
                padding?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description text/event-stream */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchConversationsByIdEvents: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EventChanges"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conversation"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postConversationsByIdSplit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SplitAt"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        before: components["schemas"]["Conversation"];
                        after: components["schemas"]["Conversation"];
                    };
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postConversationsMerge: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Merge"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conversation"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postConversationsByIdReprocess: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conversation"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getActionItems: {
        parameters: {
            query?: {
                done?: string;
                /** @description Due at this time or later: UTC epoch, milliseconds */
                dueFromMs?: number;
                /** @description Due before this time */
                dueToMs?: number;
                conversationId?: string;
                limit?: number;
                /** @description `nextCursor` of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionItemPage"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postActionItems: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewActionItem"];
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionItem"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getActionItemsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionItem"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteActionItemsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchActionItemsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ActionItemChange"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionItem"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getFolders: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Folders"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postFolders: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewFolder"];
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Folders"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteFoldersById: {
        parameters: {
            query?: {
                /** @description The folder to which its conversations go; none if left out */
                moveTo?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchFoldersById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FolderChange"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Folders"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putFoldersOrder: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FolderOrder"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Folders"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postFoldersByIdConversations: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FolderMove"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Those that are in it now */
                        conversationIds: string[];
                    };
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getPeople: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["People"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postPeople: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPerson"];
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getPeopleById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deletePeopleById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchPeopleById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PersonChange"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getEvents: {
        parameters: {
            query?: {
                /** @description For whoever cannot send the header `Last-Event-ID`, which overrules this */
                lastEventId?: number;
                /** @description From `POST /api/v1/events/token`, instead of headers */
                token?: string;
                /** @description Bytes of comment after each batch of events, for a proxy that hands on full buffers only */
                padding?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description text/event-stream */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["Problem"];
                };
            };
        };
    };
    getUploadsByIdEvents: {
        parameters: {
            query?: {
                /** @description For whoever cannot send the header `Last-Event-ID`, which overrules this */
                lastEventId?: number;
                /** @description From `POST /api/v1/events/token`, instead of headers */
                token?: string;
                /** @description Bytes of comment after each batch of events, for a proxy that hands on full buffers only */
                padding?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description text/event-stream */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["Problem"];
                };
            };
        };
    };
    postEventsToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StreamToken"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getWebhooks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        webhooks: components["schemas"]["Webhook"][];
                    };
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postWebhooks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "url": "https://example.com/afterword",
                 *       "types": [
                 *         "conversation.ready"
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** @description https; http and private addresses where the operator allows them */
                    url: string;
                    /** @default null */
                    description?: string | null;
                    /**
                     * @description The types of events that are sent; null: all
                     * @default null
                     */
                    types?: ("recording.accepted" | "recording.stage" | "recording.progress" | "recording.waiting" | "recording.completed" | "recording.rejected" | "recording.failed" | "recording.updated" | "recording.deleted" | "conversation.created" | "conversation.updated" | "conversation.stage" | "conversation.waiting" | "conversation.ready" | "conversation.failed" | "conversation.merged" | "conversation.deleted" | "upload.done" | "webhook.skipped" | "webhook.disabled")[] | null;
                    /**
                     * @description `standard`: ids, codes and times. `omi`: the whole conversation with its words, as Omi posts it once when it is ready; `types` do not count then
                     * @default standard
                     * @enum {string}
                     */
                    format?: "standard" | "omi";
                    /**
                     * @description In the order of the numbers: others wait for one that fails, which is skipped after 24 h
                     * @default false
                     */
                    ordered?: boolean;
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        webhook: components["schemas"]["Webhook"];
                        /** @description It signs what is sent, and is shown this once */
                        secret: string;
                    };
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getWebhooksById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteWebhooksById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchWebhooksById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "enabled": true
                 *     }
                 */
                "application/json": {
                    /** @description https; http and private addresses where the operator allows them */
                    url?: string;
                    description?: string | null;
                    /** @description The types of events that are sent; null: all */
                    types?: ("recording.accepted" | "recording.stage" | "recording.progress" | "recording.waiting" | "recording.completed" | "recording.rejected" | "recording.failed" | "recording.updated" | "recording.deleted" | "conversation.created" | "conversation.updated" | "conversation.stage" | "conversation.waiting" | "conversation.ready" | "conversation.failed" | "conversation.merged" | "conversation.deleted" | "upload.done" | "webhook.skipped" | "webhook.disabled")[] | null;
                    /**
                     * @description `standard`: ids, codes and times. `omi`: the whole conversation with its words, as Omi posts it once when it is ready; `types` do not count then
                     * @enum {string}
                     */
                    format?: "standard" | "omi";
                    /** @description In the order of the numbers: others wait for one that fails, which is skipped after 24 h */
                    ordered?: boolean;
                    /** @description true: events from now on are sent again */
                    enabled?: boolean;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postWebhooksByIdSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        webhook: components["schemas"]["Webhook"];
                        /** @description It signs what is sent, and is shown this once */
                        secret: string;
                    };
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postWebhooksByIdTest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        deliveryId: string;
                    };
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postWebhooksByIdRecover: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "sinceMs": 1774000000000
                 *     }
                 */
                "application/json": {
                    /** @description Events since then that were not delivered are sent; UTC epoch, milliseconds */
                    sinceMs: number;
                };
            };
        };
        responses: {
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getWebhooksByIdDeliveries: {
        parameters: {
            query?: {
                status?: "waiting" | "delivered" | "failed" | "skipped";
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        deliveries: components["schemas"]["WebhookDelivery"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postWebhooksByIdDeliveriesByDeliveryIdReplay: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                deliveryId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getPushDevices: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        devices: components["schemas"]["PushDevice"][];
                        services: {
                            /** @description Whether the operator has set it up */
                            fcm: boolean;
                            /** @description The key with which browsers subscribe (`applicationServerKey`); null: not set up */
                            web: {
                                publicKey: string;
                            } | null;
                        };
                    };
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postPushDevices: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPushDevice"];
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        device: components["schemas"]["PushDevice"];
                    };
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deletePushDevicesById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSearch: {
        parameters: {
            query: {
                /**
                 * @description Words that are all in the conversation, "a phrase", -without, begin*
                 * @example budget "kitchen window" -paint
                 */
                q: string;
                /** @description Only words spoken from then on: UTC epoch milliseconds */
                from?: number;
                /** @description Only words spoken before then */
                to?: number;
                /** @description Only words of this speaker, by id */
                speaker?: string;
                /** @description Only conversations in this folder, by id */
                folder?: string;
                /** @description Conversations too that hold a few words of filler only */
                include?: "discarded";
                limit?: number;
                /** @description `nextCursor` of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SearchPage"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getUsage: {
        parameters: {
            query?: {
                /** @description Results committed at this time or later: UTC epoch, milliseconds */
                fromMs?: number;
                /** @description Results committed before this time */
                toMs?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Usage"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putConversationsByIdSpeakersBySpeakerId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                speakerId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SpeakerDecision"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conversation"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteConversationsByIdSpeakersBySpeakerId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                speakerId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conversation"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postConversationsByIdSpeakersBySpeakerIdSeparate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                speakerId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Separation"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conversation"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "timeZone": "Europe/Stockholm",
                 *       "languages": [
                 *         "sv",
                 *         "en"
                 *       ],
                 *       "vocabulary": [
                 *         "Afterword"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["PreferenceChange"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMeExport: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description application/x-tar */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAuthWays: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ways"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAuthSignIn: {
        parameters: {
            query?: {
                /** @description Where the browser goes afterwards: a path of this server */
                returnTo?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAuthCallback: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postAuthSignOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postAuthLink: {
        parameters: {
            query?: {
                /** @description Where the browser goes afterwards: a path of this server */
                returnTo?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        location: string;
                    };
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMeSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        sessions: components["schemas"]["Session"][];
                    };
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteMeSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteMeSessionsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMeIdentities: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        identities: components["schemas"]["Identity"][];
                    };
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postMeIdentities: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiIxIn0.c2ln"
                 *     }
                 */
                "application/json": {
                    /** @description A Firebase ID token of the identity that is to be added */
                    token: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        identities: components["schemas"]["Identity"][];
                    };
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteMeIdentitiesById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMeKeys: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        keys: components["schemas"]["ApiKey"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postMeKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "backup script",
                 *       "scopes": [
                 *         "read"
                 *       ]
                 *     }
                 */
                "application/json": {
                    name: string;
                    scopes: ("read" | "upload" | "operate" | "admin")[];
                    /** @description UTC epoch, milliseconds; without it the key does not expire */
                    expiresAtMs?: number;
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        key: components["schemas"]["ApiKey"];
                        token: string;
                    };
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteMeKeysById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getUsers: {
        parameters: {
            query?: {
                limit?: number;
                /** @description The id of the last person of the page before */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        users: components["schemas"]["Person"][];
                    };
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getOperation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Operation"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getOperationEvents: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description text/event-stream */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["Problem"];
                };
            };
        };
    };
    getOperationDeadLetters: {
        parameters: {
            query?: {
                kind?: "recording" | "conversation";
                /** @description Those that failed for this reason */
                code?: string;
                limit?: number;
                /** @description `nextCursor` of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLetterPage"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postOperationDeadLettersRetry: {
        parameters: {
            query?: {
                id?: string;
                kind?: "recording" | "conversation";
                code?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description How many are on their way again */
                        retried: number;
                        /** @description Whether others were chosen too, for which the request is to be sent again */
                        more: boolean;
                    };
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postV1SyncLocalFiles: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "files": [
                 *         "the bytes of memo_1774000000.wav"
                 *       ],
                 *       "startedAtMs": [
                 *         1774000000000
                 *       ]
                 *     }
                 */
                "multipart/form-data": {
                    /** @description The files, each with its name, as `memo_1774000000.wav` */
                    files: string[];
                    /**
                     * @description When each file was recorded, in the order of the files: UTC epoch, milliseconds
                     * @example [
                     *       1774000000000
                     *     ]
                     */
                    startedAtMs?: number[];
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiSyncResult"];
                };
            };
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiSyncAccepted"];
                };
            };
            /** @description Default Response */
            207: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiSyncResult"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    postV2SyncLocalFiles: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "files": [
                 *         "the bytes of memo_1774000000.wav"
                 *       ],
                 *       "startedAtMs": [
                 *         1774000000000
                 *       ]
                 *     }
                 */
                "multipart/form-data": {
                    /** @description The files, each with its name, as `memo_1774000000.wav` */
                    files: string[];
                    /**
                     * @description When each file was recorded, in the order of the files: UTC epoch, milliseconds
                     * @example [
                     *       1774000000000
                     *     ]
                     */
                    startedAtMs?: number[];
                };
            };
        };
        responses: {
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiSyncAccepted"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    getV2SyncLocalFilesById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiSyncJob"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    postV2SyncCaptureManifest: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "conversation_id": "cnv_1",
                 *       "files": [
                 *         {
                 *           "name": "audio_omi_opus_fs320_16000_1_fs320_1774000000.bin",
                 *           "sha256": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": {
                    conversation_id: string;
                    files: {
                        name: string;
                        sha256: string;
                    }[];
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiManifest"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    getV1Conversations: {
        parameters: {
            query?: {
                /** @description Separated by commas, as `omi,phone` */
                sources?: string;
                /** @description The first time that counts */
                start_date?: string;
                /** @description The last one */
                end_date?: string;
                folder_id?: string;
                starred?: string;
                include_discarded?: string;
                limit?: number;
                offset?: number;
                /** @description `processing,completed` if it is empty */
                statuses?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiConversation"][];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    postV1Conversations: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    getV1ConversationsCount: {
        parameters: {
            query?: {
                /** @description Separated by commas, as `omi,phone` */
                sources?: string;
                /** @description The first time that counts */
                start_date?: string;
                /** @description The last one */
                end_date?: string;
                folder_id?: string;
                starred?: string;
                include_discarded?: string;
                statuses?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiCount"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    getV1ConversationsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiConversation"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    deleteV1ConversationsById: {
        parameters: {
            query?: {
                cascade?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    getV1ConversationsByIdTranscripts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: components["schemas"]["OmiSegment"][];
                    };
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    patchV1ConversationsByIdTitle: {
        parameters: {
            query: {
                title: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiChangedConversation"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    patchV1ConversationsByIdStarred: {
        parameters: {
            query: {
                starred: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiChangedConversation"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    patchV1ConversationsByIdVisibility: {
        parameters: {
            query: {
                value: "private" | "shared" | "public";
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiChanged"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    patchV1ConversationsByIdFolder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OmiFolderChoice"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "ok";
                    };
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    patchV1ConversationsByIdSummary: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OmiSummaryChange"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiChanged"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    patchV1ConversationsByIdSegmentsText: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OmiSegmentText"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiChanged"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    patchV1ConversationsByIdEvents: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OmiEventStates"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiChanged"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    postV1ConversationsByIdMutations: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OmiMutation"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiMutated"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    postV1ConversationsByIdReprocess: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiConversation"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    postV1ConversationsMerge: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OmiMerge"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiMerged"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    patchV1ConversationsByIdSegmentsByIndexAssign: {
        parameters: {
            query: {
                assign_type: "is_user" | "person_id";
                /** @description `null` takes it back */
                value?: string | null;
                use_for_speech_training?: string;
            };
            header?: never;
            path: {
                id: string;
                index: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiConversation"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    patchV1ConversationsByIdAssignSpeakerBySpeaker: {
        parameters: {
            query: {
                assign_type: "is_user" | "person_id";
                /** @description `null` takes it back */
                value?: string | null;
                use_for_speech_training?: string;
            };
            header?: never;
            path: {
                id: string;
                speaker: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiConversation"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    patchV1ConversationsByIdSegmentsAssignBulk: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OmiBulkAssignment"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiConversation"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    getV1ActionItems: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                completed?: string;
                include_completed?: string;
                conversation_id?: string;
                start_date?: string;
                end_date?: string;
                due_start_date?: string;
                due_end_date?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiTasks"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    postV1ActionItems: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "description": "Call the builders",
                 *       "conversation_id": "cnv_1"
                 *     }
                 */
                "application/json": components["schemas"]["OmiNewTask"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiTask"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    getV1ActionItemsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiTask"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    deleteV1ActionItemsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    patchV1ActionItemsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "completed": true
                 *     }
                 */
                "application/json": components["schemas"]["OmiTaskChange"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiTask"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    postV1ActionItemsBatchDelete: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OmiTaskIds"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiTasksDeleted"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    deleteV1ConversationsByIdActionItems: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OmiTaskGone"];
            };
        };
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    patchV1ConversationsByIdActionItems: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OmiTaskStates"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiTasksChanged"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    patchV1ConversationsByIdActionItemsByPlace: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                place: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OmiTaskWords"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiTasksChanged"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    patchV1ActionItemsBatch: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OmiTaskPlaces"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiTasksCounted"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    patchV1ActionItemsSyncBatch: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "items": [
                 *         {
                 *           "id": "act_1",
                 *           "exported": true
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["OmiTaskChanges"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiTasksCounted"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    getV1ActionItemsPendingSync: {
        parameters: {
            query?: {
                platform?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiSyncedTasks"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    postV1ActionItemsShare: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    postV1ActionItemsAccept: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    getV1Folders: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiFolder"][];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    postV1Folders: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OmiNewFolder"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiFolder"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    getV1FoldersById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiFolder"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    deleteV1FoldersById: {
        parameters: {
            query?: {
                move_to_folder_id?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    patchV1FoldersById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OmiFolderChange"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiFolder"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    postV1FoldersReorder: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OmiFolderOrder"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiFoldersChanged"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    postV1FoldersByIdConversationsBulkMove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OmiBulkMove"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiMoved"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    getV1UsersPeople: {
        parameters: {
            query?: {
                include_speech_samples?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiPerson"][];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    postV1UsersPeople: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OmiNewPerson"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiPerson"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    getV1UsersPeopleById: {
        parameters: {
            query?: {
                include_speech_samples?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiPerson"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    deleteV1UsersPeopleById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    patchV1UsersPeopleByIdName: {
        parameters: {
            query: {
                value: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRenamed"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    getV1FairUseStatus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiFairUse"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    getV1ConversationsByIdPhotos: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown[];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    getV1ConversationsByIdPhotosByPhotoIdImage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                photoId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    getV1ConversationsByIdSuggestedApps: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiSuggestedApps"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    getV1ConversationsByIdRecording: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiHasRecording"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    postV1ConversationsByIdTestPrompt: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    postV1ConversationsByIdCalendarEvent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    deleteV1ConversationsByIdCalendarEvent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiDone"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    postV1ConversationsByIdCalendarEventAutoLink: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    postV2SyncJobsRun: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    postV2AudioMergeJobsRun: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    postV2SyncBackfillSequencerSweep: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    postV2SyncBackfillSequencerWake: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    postV1ConversationsSearch: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "query": "budget",
                 *       "page": 1,
                 *       "per_page": 10
                 *     }
                 */
                "application/json": {
                    /**
                     * @description Words as for `GET /api/v1/search`; without any, all conversations
                     * @default
                     */
                    query?: string;
                    page?: number | null;
                    per_page?: number | null;
                    include_discarded?: boolean | null;
                    start_date?: string | null;
                    end_date?: string | null;
                    /** @description Of a person */
                    speaker_id?: string | null;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiSearchPage"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    getV1UsersLanguage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiLanguage"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    patchV1UsersLanguage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "language": "sv"
                 *     }
                 */
                "application/json": {
                    language: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiLanguageChosen"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    getV1UsersTranscriptionPreferences: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiTranscriptionPreferences"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    patchV1UsersTranscriptionPreferences: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "single_language_mode": true,
                 *       "vocabulary": [
                 *         "Afterword"
                 *       ]
                 *     }
                 */
                "application/json": {
                    single_language_mode?: boolean | null;
                    vocabulary?: string[] | null;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiOk"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    postV1UsersFcmToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "fcm_token": "dGhpcyBpcyBhIHRva2Vu",
                 *       "time_zone": "Europe/Stockholm"
                 *     }
                 */
                "application/json": {
                    fcm_token: string;
                    time_zone?: string | null;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiTokenSaved"];
                };
            };
            /** @description Default Response */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
            /** @description Default Response */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OmiRefusal"];
                };
            };
        };
    };
    onRecordingAccepted: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Of its person, without gaps; the id in an event stream */
                    number: number;
                    /** @constant */
                    type: "recording.accepted";
                    /** @description UTC epoch, milliseconds */
                    atMs: number;
                    data: components["schemas"]["RecordingEventData"];
                    /**
                     * Format: date-time
                     * @description `atMs`; webhooks have both
                     */
                    timestamp?: string;
                };
            };
        };
        responses: {
            /** @description Taken */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onRecordingStage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Of its person, without gaps; the id in an event stream */
                    number: number;
                    /** @constant */
                    type: "recording.stage";
                    /** @description UTC epoch, milliseconds */
                    atMs: number;
                    data: components["schemas"]["RecordingEventData"];
                    /**
                     * Format: date-time
                     * @description `atMs`; webhooks have both
                     */
                    timestamp?: string;
                };
            };
        };
        responses: {
            /** @description Taken */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onRecordingProgress: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Of its person, without gaps; the id in an event stream */
                    number: number;
                    /** @constant */
                    type: "recording.progress";
                    /** @description UTC epoch, milliseconds */
                    atMs: number;
                    data: components["schemas"]["RecordingEventData"];
                    /**
                     * Format: date-time
                     * @description `atMs`; webhooks have both
                     */
                    timestamp?: string;
                };
            };
        };
        responses: {
            /** @description Taken */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onRecordingWaiting: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Of its person, without gaps; the id in an event stream */
                    number: number;
                    /** @constant */
                    type: "recording.waiting";
                    /** @description UTC epoch, milliseconds */
                    atMs: number;
                    data: components["schemas"]["RecordingEventData"];
                    /**
                     * Format: date-time
                     * @description `atMs`; webhooks have both
                     */
                    timestamp?: string;
                };
            };
        };
        responses: {
            /** @description Taken */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onRecordingCompleted: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Of its person, without gaps; the id in an event stream */
                    number: number;
                    /** @constant */
                    type: "recording.completed";
                    /** @description UTC epoch, milliseconds */
                    atMs: number;
                    data: components["schemas"]["RecordingEventData"];
                    /**
                     * Format: date-time
                     * @description `atMs`; webhooks have both
                     */
                    timestamp?: string;
                };
            };
        };
        responses: {
            /** @description Taken */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onRecordingRejected: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Of its person, without gaps; the id in an event stream */
                    number: number;
                    /** @constant */
                    type: "recording.rejected";
                    /** @description UTC epoch, milliseconds */
                    atMs: number;
                    data: components["schemas"]["RecordingEventData"];
                    /**
                     * Format: date-time
                     * @description `atMs`; webhooks have both
                     */
                    timestamp?: string;
                };
            };
        };
        responses: {
            /** @description Taken */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onRecordingFailed: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Of its person, without gaps; the id in an event stream */
                    number: number;
                    /** @constant */
                    type: "recording.failed";
                    /** @description UTC epoch, milliseconds */
                    atMs: number;
                    data: components["schemas"]["RecordingEventData"];
                    /**
                     * Format: date-time
                     * @description `atMs`; webhooks have both
                     */
                    timestamp?: string;
                };
            };
        };
        responses: {
            /** @description Taken */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onRecordingUpdated: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Of its person, without gaps; the id in an event stream */
                    number: number;
                    /** @constant */
                    type: "recording.updated";
                    /** @description UTC epoch, milliseconds */
                    atMs: number;
                    data: components["schemas"]["RecordingEventData"];
                    /**
                     * Format: date-time
                     * @description `atMs`; webhooks have both
                     */
                    timestamp?: string;
                };
            };
        };
        responses: {
            /** @description Taken */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onRecordingDeleted: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Of its person, without gaps; the id in an event stream */
                    number: number;
                    /** @constant */
                    type: "recording.deleted";
                    /** @description UTC epoch, milliseconds */
                    atMs: number;
                    data: components["schemas"]["RecordingEventData"];
                    /**
                     * Format: date-time
                     * @description `atMs`; webhooks have both
                     */
                    timestamp?: string;
                };
            };
        };
        responses: {
            /** @description Taken */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onConversationCreated: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Of its person, without gaps; the id in an event stream */
                    number: number;
                    /** @constant */
                    type: "conversation.created";
                    /** @description UTC epoch, milliseconds */
                    atMs: number;
                    data: components["schemas"]["ConversationEventData"];
                    /**
                     * Format: date-time
                     * @description `atMs`; webhooks have both
                     */
                    timestamp?: string;
                };
            };
        };
        responses: {
            /** @description Taken */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onConversationUpdated: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Of its person, without gaps; the id in an event stream */
                    number: number;
                    /** @constant */
                    type: "conversation.updated";
                    /** @description UTC epoch, milliseconds */
                    atMs: number;
                    data: components["schemas"]["ConversationEventData"];
                    /**
                     * Format: date-time
                     * @description `atMs`; webhooks have both
                     */
                    timestamp?: string;
                };
            };
        };
        responses: {
            /** @description Taken */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onConversationStage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Of its person, without gaps; the id in an event stream */
                    number: number;
                    /** @constant */
                    type: "conversation.stage";
                    /** @description UTC epoch, milliseconds */
                    atMs: number;
                    data: components["schemas"]["ConversationEventData"];
                    /**
                     * Format: date-time
                     * @description `atMs`; webhooks have both
                     */
                    timestamp?: string;
                };
            };
        };
        responses: {
            /** @description Taken */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onConversationWaiting: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Of its person, without gaps; the id in an event stream */
                    number: number;
                    /** @constant */
                    type: "conversation.waiting";
                    /** @description UTC epoch, milliseconds */
                    atMs: number;
                    data: components["schemas"]["ConversationEventData"];
                    /**
                     * Format: date-time
                     * @description `atMs`; webhooks have both
                     */
                    timestamp?: string;
                };
            };
        };
        responses: {
            /** @description Taken */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onConversationReady: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Of its person, without gaps; the id in an event stream */
                    number: number;
                    /** @constant */
                    type: "conversation.ready";
                    /** @description UTC epoch, milliseconds */
                    atMs: number;
                    data: components["schemas"]["ConversationEventData"];
                    /**
                     * Format: date-time
                     * @description `atMs`; webhooks have both
                     */
                    timestamp?: string;
                };
            };
        };
        responses: {
            /** @description Taken */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onConversationFailed: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Of its person, without gaps; the id in an event stream */
                    number: number;
                    /** @constant */
                    type: "conversation.failed";
                    /** @description UTC epoch, milliseconds */
                    atMs: number;
                    data: components["schemas"]["ConversationEventData"];
                    /**
                     * Format: date-time
                     * @description `atMs`; webhooks have both
                     */
                    timestamp?: string;
                };
            };
        };
        responses: {
            /** @description Taken */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onConversationMerged: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Of its person, without gaps; the id in an event stream */
                    number: number;
                    /** @constant */
                    type: "conversation.merged";
                    /** @description UTC epoch, milliseconds */
                    atMs: number;
                    data: components["schemas"]["ConversationEventData"];
                    /**
                     * Format: date-time
                     * @description `atMs`; webhooks have both
                     */
                    timestamp?: string;
                };
            };
        };
        responses: {
            /** @description Taken */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onConversationDeleted: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Of its person, without gaps; the id in an event stream */
                    number: number;
                    /** @constant */
                    type: "conversation.deleted";
                    /** @description UTC epoch, milliseconds */
                    atMs: number;
                    data: components["schemas"]["ConversationEventData"];
                    /**
                     * Format: date-time
                     * @description `atMs`; webhooks have both
                     */
                    timestamp?: string;
                };
            };
        };
        responses: {
            /** @description Taken */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onUploadDone: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Of its person, without gaps; the id in an event stream */
                    number: number;
                    /** @constant */
                    type: "upload.done";
                    /** @description UTC epoch, milliseconds */
                    atMs: number;
                    data: components["schemas"]["UploadEventData"];
                    /**
                     * Format: date-time
                     * @description `atMs`; webhooks have both
                     */
                    timestamp?: string;
                };
            };
        };
        responses: {
            /** @description Taken */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onWebhookSkipped: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Of its person, without gaps; the id in an event stream */
                    number: number;
                    /** @constant */
                    type: "webhook.skipped";
                    /** @description UTC epoch, milliseconds */
                    atMs: number;
                    data: components["schemas"]["WebhookEventData"];
                    /**
                     * Format: date-time
                     * @description `atMs`; webhooks have both
                     */
                    timestamp?: string;
                };
            };
        };
        responses: {
            /** @description Taken */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onWebhookDisabled: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Of its person, without gaps; the id in an event stream */
                    number: number;
                    /** @constant */
                    type: "webhook.disabled";
                    /** @description UTC epoch, milliseconds */
                    atMs: number;
                    data: components["schemas"]["WebhookEventData"];
                    /**
                     * Format: date-time
                     * @description `atMs`; webhooks have both
                     */
                    timestamp?: string;
                };
            };
        };
        responses: {
            /** @description Taken */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
