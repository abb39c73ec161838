import Archives
import ImageCodecs
import Raster

extension PictureFilter {
  /// Filters the pictures in a tar archive; everything else in it stays as it is, in its order.
  ///
  /// - Parameters:
  ///   - head: what has been read of standard input already.
  ///   - outcome: gains what became of the members.
  func archive(
    _ job: Job, _ head: [UInt8], _ share: Workers.Share, in outcome: inout Outcome
  ) throws(Outcome.Failure) -> Outcome.Status {
    let file = try at(outcome.input) { try OpenFile(job.input) }
    let status = try at(outcome.input) { try file.pictureStatus() }
    let place = try at(outcome.result) { try job.output.path.map { try OutputPlace($0) } }
    if let path = job.output.path, !path.isArchive, place?.existing?.kind != .other {
      throw Outcome.Failure(
        place: outcome.result,
        message: "is to hold an archive, as \(outcome.input) is one; name a .tar or a folder")
    }
    if try at(outcome.result, { try isKept(place, job, status) }) { return .skipped(.exists) }
    if settings.isDryRun { return .planned }
    let result = try at(outcome.result) { try open(place, job.output) }
    var archive = ArchiveFilter(
      self, job, TarReader(file.descriptor, head: head), status, to: result.descriptor,
      ThreadTeam(threads: share.threads))
    try archive.run()
    outcome.members = archive.members
    outcome.warnings = archive.warnings
    try refuseWarnings(outcome)
    return try publish(consume result, at: place, job, status)
  }

  /// The result of a picture in an archive.
  ///
  /// - Parameters:
  ///   - job: the member, and the name of the result in the archive.
  ///   - status: the archive's.
  func member(
    _ job: Job, _ bytes: [UInt8], _ status: FileStatus
  ) throws(Outcome.Failure) -> (bytes: [UInt8], warnings: [String]) {
    var outcome = Outcome(job)
    let picture = try at(outcome.input) { try OpenPicture(job, bytes, status, settings) }
    let plan = try plan(picture, job, threads: 1, in: &outcome)
    let writer = try holdingMemory(of: plan, threads: 1) { () throws(Outcome.Failure) in
      try filter(picture, by: plan, for: job, into: .memory, 1, showing: nil, in: &outcome)
    }
    return (writer.bytes, outcome.warnings)
  }
}
