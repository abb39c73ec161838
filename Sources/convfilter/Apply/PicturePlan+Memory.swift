import ImageCodecs
import PictureFilters
import Raster

/// What filtering takes, and how often the file is read.
extension PicturePlan {
  /// Bytes that filtering takes at most, a picture that is turned included.
  func memory(threads: Int) -> Int {
    filter.memory(threads: threads, again: again).saturatingSum(besides)
  }

  /// - Throws: `MemoryError` for what takes more than it may.
  func checkMemory(threads: Int, within limit: MemoryLimit) throws(MemoryError) {
    try filter.check(threads: threads, again: again, more: besides, within: limit)
  }

  /// The picture from its first row once more, as it is filtered; nil where that cannot be, or would save nothing.
  func again(
    _ picture: borrowing OpenPicture, _ threads: Int
  ) -> (() throws -> any RowSource)? {
    guard again, filter.looksTwice, let open = picture.again else { return nil }
    return {
      let reader = try open()
      reader.use(threads: threads)
      if denominator > 1 { _ = try reader.reduce(by: denominator) }
      return conversion?.source(reader) ?? reader
    }
  }

  /// A gain map that is kept, and the file before it where the output is a pipe or the like.
  static func gainMapMemory(
    _ map: Metadata.GainMap?, _ format: PictureFormat, _ output: Job.Output
  ) throws -> Int {
    guard let map else { return 0 }
    let isFile = try output.path.map { try FileStatus($0)?.kind != .other } ?? false
    return map.file.count.saturatingSum(isFile ? 0 : PictureWriter.memoryBeforeGainMap(format))
  }

  /// What decoder and writer hold, and a picture that is turned.
  private var besides: Int { coding.saturatingSum(turning) }

  /// The picture as it was read and as it is turned.
  private var turning: Int {
    turn == .upright ? 0 : filter.input.pictureBytes.saturatingProduct(2)
  }
}
