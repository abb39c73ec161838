import Comparison
import ImageCodecs
import Raster

/// One of two pictures, read band by band.
final class ComparedPicture {
  let path: FilePath
  let reader: PictureReader
  private let file: OpenFile
  private var turned: PictureSource?
  private var narrow: Picture?

  private static let advice = "compare one at a time: --page N"

  /// - Parameter page: which picture of several in the file (≥ 1), nil for the only one.
  /// - Throws: `CommandFailure`.
  init(_ path: FilePath, _ limits: Limits, page: Int?) throws(CommandFailure) {
    self.path = path
    do {
      file = path == Places.dash ? OpenFile.standardInput : try OpenFile(path)
      _ = try file.pictureStatus()
      reader = try PictureReader(
        .descriptor(file.descriptor), limits: limits, page: page, all: page == nil)
      try reader.checkIsAlone(at: "\(path)", Self.advice)
    } catch let failure as CommandFailure {
      throw failure
    } catch let CodecError.readFailed(errno) {
      throw CommandFailure("\(FileError.unreadable(reason: errno))", at: "\(path)")
    } catch {
      throw CommandFailure("\(error)", at: "\(path)")
    }
  }

  /// As the rows come.
  var format: PictureFormat { turned?.format ?? reader.format }
  var orientation: Orientation { reader.metadata.orientation }

  /// As it is to be seen.
  var uprightFormat: PictureFormat {
    var format = reader.format
    if orientation.swapsAxes { (format.width, format.height) = (format.height, format.width) }
    return format
  }

  /// Turns the picture upright, for which it is read whole.
  func turn() throws {
    if orientation == .upright { return }
    turned = try CommandFailure.at("\(path)") {
      PictureSource(try reader.readPicture().upright(from: orientation))
    }
  }

  /// Once all rows are read: refuses a file with further pictures.
  ///
  /// - Returns: what else the file holds, in words.
  func finish() throws -> [String] {
    try CommandFailure.at("\(path)") { try reader.checkEndsHere(at: "\(path)", Self.advice) }
    return reader.others
  }

  /// Reads the next rows, as samples of a type.
  func read(into band: RowBand, as sample: SampleType) throws(CommandFailure) {
    var target = band
    if format.sample != sample {
      var format = format
      format.height = band.count
      let picture = narrow ?? Picture(format)
      narrow = picture
      target = RowBand(
        base: picture.base, pitch: picture.pitch, firstRow: band.firstRow, count: band.count)
    }
    try CommandFailure.at("\(path)") {
      if let turned { try turned.read(into: target) } else { try reader.read(into: target) }
    }
    if format.sample != sample {
      CommonScale.widen(target, format.sample, samples: format.samplesPerRow, into: band, sample)
    }
  }
}
