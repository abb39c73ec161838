extension Batch {
  /// Filters the pictures that are there, then those that come up or change, until the user ends it.
  ///
  /// - Returns: 0 where the user has ended it.
  func watch() throws -> Int32 {
    StopRequest.listen()
    // From here on nothing is missed.
    var changes = try WatchedInput.changes(
      of: places, isRecursive: jobList.recursive, jobList.filter)
    var jobList = jobList
    jobList.add(places)
    try refuseClashes(jobList)
    say(jobList)
    let report = BatchReport(diagnostics, progress: nil, json: json)
    try filter(jobList.removeAll(), &changes, report)
    diagnostics.note("watching; Ctrl-C ends")
    while !StopRequest.isPending, !report.isOver {
      for change in try changes.next() {
        switch change {
        case .picture(let input, let relative):
          jobList.add(input, changed: relative, among: places)
        case .unknown:
          jobList = self.jobList
          jobList.add(places)
        case .gone(let folder):
          let reason = "is gone; it is watched again once it is back"
          report.add(Outcome(JobList.Failure(path: folder, reason: reason)))
        }
      }
      try filter(jobList.removeAll(), &changes, report)
    }
    ledger?.finish()
    report.summarize(asJSON: json)
    return report.isOver ? ExitStatus.failure : 0
  }

  private func filter(
    _ jobList: JobList, _ changes: inout any PictureChanges, _ report: BatchReport
  ) throws(CommandFailure) {
    for failure in jobList.failures { report.add(Outcome(failure)) }
    report.add(leftOut: jobList.leftOut)
    let (jobs, skipped) = try sorted(jobList)
    report.add(skipped)
    // Whoever is at writing one will be done with it later.
    let whole = jobs.filter { job in
      guard let path = job.input.path, WatchedInput.isBeingWritten(path) else { return true }
      changes.defer(path)
      return false
    }
    filter(whole, inputs: jobList.identities, showsRows: false, report)
  }
}
