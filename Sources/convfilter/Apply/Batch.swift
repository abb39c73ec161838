import ImageCodecs
import Raster

/// Filters all pictures of a command line.
struct Batch {
  let places: Places
  let isRecursive: Bool
  /// Whether files given by name keep the folders of their names.
  let keepsParents: Bool
  /// The ending that results in a folder take, nil to keep theirs.
  let outputExtension: String?
  let settings: PictureFilter.Settings
  let diagnostics: Diagnostics
  let json: Bool
  /// Threads in all (≥ 1).
  let threads: Int

  /// - Returns: the exit status.
  func run() -> Int32 {
    var expansion = Expansion(
      recursive: isRecursive, outputExtension: outputExtension, keepsParents: keepsParents)
    expansion.add(places)
    for (name, reason) in expansion.passedOver {
      diagnostics.detail("\(name): passed over, \(reason)")
    }
    if let note = expansion.foreignNote { diagnostics.note(note) }
    if let folder = expansion.resultFolder {
      diagnostics.note("\(folder): left out, as the results go there")
    }
    let jobs = expansion.jobs
    if jobs.isEmpty && expansion.failures.isEmpty {
      diagnostics.error(nothing)
      return ExitStatus.nothingToDo
    }
    let isBatch = jobs.count + expansion.failures.count > 1
    let bar = isBatch ? ProgressBar(diagnostics, total: jobs.count, unit: "files") : nil
    let report = BatchReport(diagnostics, progress: bar, json: json)
    for failure in expansion.failures { report.add(Outcome(failure)) }
    let filter = PictureFilter(
      settings: settings, diagnostics: diagnostics, inputs: expansion.identities,
      memory: MemoryBudget(settings.memory))
    if isBatch, !diagnostics.isQuiet {
      LastWords.prepare(total: jobs.count, unit: "pictures", hint: hint)
    }
    // A dry run says things in the order given.
    Workers(threads: settings.isDryRun ? 1 : threads).run(jobs.count) { index, share in
      if report.isOver {
        report.add(Outcome(jobs[index], .left))
      } else if let outcome = filter.run(jobs[index], share, showsRows: !isBatch) {
        report.add(outcome)
      } else {
        return .deferred
      }
      return .done
    }
    bar?.finish()
    if isBatch {
      if report.isOver { diagnostics.error(report.ending(of: jobs.count) + "; " + hint) }
      report.summarize()
    }
    return report.hasFailures ? ExitStatus.failure : 0
  }

  private var nothing: String {
    let endings = FileFormat.allFileExtensions.sorted().joined(separator: ", ")
    return "there is no picture to filter (files ending in \(endings))"
      + (isRecursive ? "" : "; --recursive goes into the folders of folders")
  }

  /// How to go on after the batch has ended too early.
  private var hint: String {
    if places.destination == .inPlace {
      return "leave out those that are done, which --verbose and --json name: they would be "
        + "filtered twice"
    }
    switch settings.existing {
    case .refuse: return "the same command with --no-clobber goes on"
    case .skip: return "the same command goes on"
    case .replace: return "the same command starts over"
    }
  }
}
