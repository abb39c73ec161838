import ImageCodecs
import PictureFilters
import Raster

/// Files with several pictures: all of them go into the result.
extension PictureFilter {
  /// Filters the pictures behind the first, and completes the result.
  ///
  /// - Parameters:
  ///   - first: the plan of the first picture.
  ///   - threads: that filter each (≥ 1).
  /// - Returns: what there is to be warned of, without what was said of the first.
  func filterOthers(
    of picture: borrowing OpenPicture, after first: PicturePlan, for job: Job,
    into writer: PictureWriter, _ threads: Int
  ) throws -> [String] {
    let reader = picture.reader
    var plan = first
    var warnings: [String] = []
    var number = 1
    while try at(picture.name, number + 1, { try reader.advance() }) {
      number += 1
      if first.series == nil { throw Outcome.Failure(notHeldBy: plan.fileFormat, reader, picture) }
      // Frames are alike, pages are not.
      if first.series?.plays == nil {
        plan = try at("\(job.output)", number) { try PicturePlan(picture, job.output, settings) }
        try at(picture.name, number) {
          try plan.checkMemory(threads: threads, within: settings.memory)
        }
        for warning in plan.warnings
        where !first.warnings.contains(warning) && !warnings.contains(warning) {
          warnings.append(warning)
        }
      }
      try at("\(job.output)", number) {
        try writer.begin(
          plan.output, options: writing(plan, threads), metadata: plan.metadata,
          keeping: reader.encoding, time: reader.frameTime)
        try flow(picture, by: plan, into: writer, threads, nil)
      }
    }
    try writer.complete()
    return warnings
  }

  /// Runs a step; what it throws is said of a place, and of the picture of that number.
  private func at<Result>(
    _ place: String, _ number: Int, _ body: () throws -> Result
  ) throws(Outcome.Failure) -> Result {
    do {
      return try body()
    } catch {
      var failure =
        error as? Outcome.Failure ?? Outcome.Failure(place: place, error, settings.damage)
      if !failure.endsBatch { failure.message = "picture \(number): \(failure.message)" }
      throw failure
    }
  }
}
