import ImageCodecs
import Raster

/// Filters all pictures of a command line.
struct Batch {
  let places: Places
  let isRecursive: Bool
  /// The ending that results in a folder take, nil to keep theirs.
  let outputExtension: String?
  let settings: PictureFilter.Settings
  let diagnostics: Diagnostics
  let json: Bool
  /// Threads in all (≥ 1).
  let threads: Int

  /// - Returns: the exit status.
  func run() -> Int32 {
    var expansion = Expansion(recursive: isRecursive, outputExtension: outputExtension)
    expansion.add(places)
    let jobs = expansion.jobs
    if jobs.isEmpty && expansion.failures.isEmpty {
      let endings = FileFormat.allFileExtensions.sorted().joined(separator: ", ")
      diagnostics.error(
        "there is no picture to filter (files ending in \(endings))"
          + (isRecursive ? "" : "; --recursive goes into the folders of folders"))
      return ExitStatus.nothingToDo
    }
    let isBatch = jobs.count + expansion.failures.count > 1
    let bar = isBatch ? ProgressBar(diagnostics, total: jobs.count, unit: "files") : nil
    let report = BatchReport(diagnostics, progress: bar, json: json)
    for failure in expansion.failures { report.add(Outcome(failure)) }
    let filter = PictureFilter(
      settings: settings, diagnostics: diagnostics, inputs: expansion.identities)
    // A dry run says things in the order given.
    Schedule(threads: settings.isDryRun ? 1 : threads).run(jobs.count) { index, share in
      guard let outcome = filter.run(jobs[index], share, showsRows: !isBatch) else {
        return .deferred
      }
      report.add(outcome)
      return .done
    }
    bar?.finish()
    if isBatch { report.summarize() }
    return report.hasFailures ? ExitStatus.failure : 0
  }
}

extension Outcome {
  /// A name that yields no job.
  fileprivate init(_ failure: Expansion.Failure) {
    let name = "\(failure.path)"
    self.init(
      input: name, output: nil, status: .failed(Failure(place: name, message: failure.reason)))
  }
}
