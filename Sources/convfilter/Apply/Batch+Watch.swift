import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Batch {
  /// Filters the pictures that are there, then those that come up or change, until the user ends it.
  ///
  /// - Returns: 0 where the user has ended it.
  func watch() throws -> Int32 {
    StopRequest.listen()
    // From here on nothing is missed.
    var changes = try WatchedInput.changes(of: places, isRecursive: isRecursive, filter)
    var expansion = expansion()
    expansion.add(places)
    try refuseClashes(expansion)
    say(expansion)
    let report = BatchReport(diagnostics, progress: nil, json: json)
    try filter(expansion.removeAll(), &changes, report)
    diagnostics.note("watching; Ctrl-C ends")
    while !StopRequest.isPending, !report.isOver {
      for change in try changes.next() {
        switch change {
        case .picture(let input, let relative):
          expansion.add(input, changed: relative, among: places)
        case .unknown:
          expansion = self.expansion()
          expansion.add(places)
        }
      }
      try filter(expansion.removeAll(), &changes, report)
    }
    ledger?.finish()
    report.summarize(asJSON: json)
    return report.isOver ? ExitStatus.failure : 0
  }

  private func filter(
    _ expansion: Expansion, _ changes: inout any PictureChanges, _ report: BatchReport
  ) throws(CommandFailure) {
    for failure in expansion.failures { report.add(Outcome(failure)) }
    report.add(leftOut: expansion.leftOut)
    let (jobs, skipped) = try sorted(expansion)
    report.add(skipped)
    // Whoever is at writing one will be done with it later.
    let whole = jobs.filter { job in
      guard let path = job.input.path, WatchedInput.isBeingWritten(path) else { return true }
      changes.defer(path)
      return false
    }
    filter(whole, inputs: expansion.identities, showsRows: false, report)
  }
}

/// What happened to a picture.
enum PictureChange: Equatable {
  /// It is there, whole.
  ///
  /// `input` is what was given; `relative` its name below that, where that is a folder.
  case picture(input: FilePath, relative: FilePath?)
  /// More than could be told.
  case unknown
}

/// Tells which pictures come up or change.
protocol PictureChanges {
  /// Waits a moment for changes.
  ///
  /// - Throws: `CommandFailure` where nothing is left to be watched.
  mutating func next() throws(CommandFailure) -> [PictureChange]

  /// A picture that is being written will be told of when it is whole.
  mutating func `defer`(_ path: FilePath)
}

/// What is watched: a folder, or one picture in its folder.
struct WatchedInput {
  /// As it was given.
  let input: FilePath
  /// The folder to watch.
  let folder: FilePath
  /// The only name of interest in it, nil for all pictures.
  let name: [UInt8]?
  let walk: FolderWalk

  /// The name below what was given, where a name in the folder is a picture of interest.
  ///
  /// - Parameter relative: the name below the folder.
  func change(_ relative: FilePath) -> PictureChange? {
    let last = relative.lastComponent
    if let name {
      return relative.bytes == name ? .picture(input: input, relative: nil) : nil
    }
    if last.first == UInt8(ascii: ".") || !relative.isPictureName { return nil }
    return .picture(input: input, relative: relative)
  }

  /// - Throws: `CommandFailure` where something cannot be watched.
  static func changes(
    of places: Places, isRecursive: Bool, _ filter: PathFilter?
  ) throws(CommandFailure) -> any PictureChanges {
    var inputs: [WatchedInput] = []
    for path in places.inputs {
      var walk = FolderWalk(recursive: isRecursive)
      walk.filter = filter
      if let target = places.folder { walk.excluded = (try? FileStatus(target))?.identity }
      let isFolder = (try? FileStatus(path))?.kind == .folder
      inputs.append(
        WatchedInput(
          input: path, folder: isFolder ? path : path.parent,
          name: isFolder ? nil : path.lastComponent, walk: walk))
    }
    #if canImport(Glibc)
      // The variable is there for the tests.
      if Terminal.variable("CONVFILTER_WATCH") != "poll",
        let changes = try NotedChanges(inputs)
      {
        return changes
      }
    #endif
    return PolledChanges(inputs)
  }
}
