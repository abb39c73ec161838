import ImageCodecs
import Raster
import Synchronization

/// Filters all pictures of a command line.
struct Batch {
  let places: Places
  /// What turns names into jobs, with none in it.
  let jobList: JobList
  let settings: PictureFilter.Settings
  /// Files of kernels, masks and the like.
  let parts: InputFiles
  /// What is known of earlier runs, nil where nobody asks.
  let ledger: UpdateLedger?
  let diagnostics: Diagnostics
  let json: Bool
  /// Threads in all (≥ 1).
  let threads: Int

  /// - Returns: the exit status.
  /// - Throws: `CommandFailure` for what is wrong with all of it.
  func run() throws -> Int32 {
    let start = Terminal.now()
    var jobList = jobList
    jobList.add(places)
    try refuseClashes(jobList)
    say(jobList)
    if jobList.jobs.isEmpty && jobList.failures.isEmpty && jobList.elsewhere == 0 {
      diagnostics.error(nothing(jobList))
      return ExitStatus.nothingToDo
    }
    let (jobs, skipped) = try sorted(jobList)
    let count = jobs.count + skipped.count
    let others = jobList.failures.count + jobList.leftOut.count + jobList.elsewhere
    let isBatch = count + others > 1
    let bar = isBatch ? ProgressBar(diagnostics, total: jobs.count, unit: "files") : nil
    let report = BatchReport(diagnostics, progress: bar, json: json, start: start)
    for failure in jobList.failures { report.add(Outcome(failure)) }
    report.add(leftOut: jobList.leftOut)
    if let shard = jobList.shard { report.add(elsewhere: jobList.elsewhere, shard) }
    if isBatch, !diagnostics.isQuiet {
      LastWords.prepare(total: count, unit: "pictures", hint: hint)
    }
    report.add(skipped)
    filter(jobs, inputs: jobList.identities, showsRows: !isBatch, report)
    ledger?.finish()
    bar?.finish()
    if isBatch {
      if report.isOver { diagnostics.error(report.ending(of: count) + "; " + hint) }
      report.summarize(
        asJSON: json && (ledger != nil || jobList.filter != nil || jobList.shard != nil))
    }
    return report.hasFailures ? ExitStatus.failure : 0
  }
}

extension Batch {
  /// The jobs that there are to do, and those that need not be done.
  func sorted(
    _ jobList: JobList
  ) throws(CommandFailure) -> (jobs: [Job], skipped: [(Job, Outcome.Skip)]) {
    guard let ledger else { return (jobList.jobs, []) }
    var jobs: [Job] = []
    var skipped: [(Job, Outcome.Skip)] = []
    for (job, stamp) in zip(jobList.jobs, jobList.stamps) {
      if let reason = try ledger.skip(job, stamp) {
        skipped.append((job, reason))
      } else {
        jobs.append(job)
      }
    }
    return (jobs, skipped)
  }

  /// Filters pictures, spread over the threads.
  ///
  /// - Parameter inputs: the files that are read: none of them may be overwritten.
  func filter(
    _ jobs: [Job], inputs: [FileStatus.Identity: FilePath], showsRows: Bool, _ report: BatchReport
  ) {
    let filter = PictureFilter(
      settings: settings, diagnostics: diagnostics, inputs: inputs, parts: parts,
      memory: MemoryBudget(settings.memory), ledger: ledger)
    // A dry run says things in the order given.
    Workers(threads: settings.isDryRun ? 1 : threads).run(jobs.count) { index, share in
      if report.isOver || StopRequest.isPending {
        report.add(Outcome(jobs[index], .left))
      } else if let outcome = filter.run(jobs[index], share, showsRows: showsRows) {
        report.add(outcome)
      } else {
        return .deferred
      }
      return .done
    }
  }

  /// Says what is not filtered.
  func say(_ jobList: JobList) {
    for (name, reason) in jobList.passedOver {
      diagnostics.detail("\(name): passed over, \(reason)")
    }
    if let note = jobList.foreignNote { diagnostics.note(note) }
    if let folder = jobList.resultFolder {
      diagnostics.note("\(folder): left out, as the results go there")
    }
  }

  /// A template that calls two results the same is hardly meant: nothing is written.
  func refuseClashes(_ jobList: JobList) throws(CommandFailure) {
    guard let template = jobList.template,
      let clash = jobList.failures.first(where: \.isClash)
    else { return }
    throw CommandFailure("'\(template.text)': \(clash.path) \(clash.reason)", at: "--name")
  }

  private func nothing(_ jobList: JobList) -> String {
    if !jobList.leftOut.isEmpty {
      return "there is no picture to filter: \(jobList.leftOut.count) left out by --include or "
        + "--exclude"
    }
    let endings = FileFormat.allFileExtensions.sorted().joined(separator: ", ")
    return "there is no picture to filter (files ending in \(endings))"
      + (jobList.recursive ? "" : "; --recursive goes into the folders of folders")
  }

  /// How to go on after the batch has ended too early.
  private var hint: String {
    if ledger != nil { return "the same command goes on" }
    if places.destination == .inPlace {
      return "leave out those that are done, which --verbose and --json name: they would be "
        + "filtered twice; --update takes note of them from the start"
    }
    switch settings.existing {
    case .refuse: return "the same command with --no-clobber goes on"
    case .skip: return "the same command goes on"
    case .replace: return "the same command starts over"
    }
  }
}

/// Spreads pictures over the processors: a thread for each of many small ones, all threads on a
/// large one.
struct Workers {
  /// Threads in all (≥ 1).
  let threads: Int

  /// Pixels from which a picture is better worked on by several threads, one after another, than by
  /// one thread beside others: it would hold much memory, and the last would keep the others waiting.
  static let large = 4_000_000

  /// How a picture is to be worked on.
  struct Share {
    /// Threads that it may use.
    let threads: Int
    /// Whether a large one may be put off until the small ones are done.
    let mayDefer: Bool
  }

  /// Calls `body` for each index until it answers that the picture is done.
  func run(_ count: Int, _ body: @Sendable (Int, Share) -> Verdict) {
    let share = Share(
      threads: max(1, threads / max(count, 1)), mayDefer: count > 1 && threads > 1)
    let deferred = Mutex<[Int]>([])
    ThreadTeam(threads: max(1, min(threads, count))).run(count) { index in
      if body(index, share) == .deferred { deferred.withLock { $0.append(index) } }
    }
    let large = deferred.withLock { $0 }.sorted()
    if large.isEmpty { return }
    // Decoding and encoding are one thread each in most formats: two threads a picture lose little.
    let groups = max(1, min(large.count, threads / 2))
    let rest = Share(threads: max(1, threads / groups), mayDefer: false)
    ThreadTeam(threads: groups).run(large.count) { _ = body(large[$0], rest) }
  }

  enum Verdict { case done, deferred }
}
