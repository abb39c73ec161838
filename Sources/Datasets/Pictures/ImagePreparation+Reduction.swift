import ImageCodecs
import Raster

extension ImagePreparation {
  /// By how much a JPEG may be decoded smaller: the largest that leaves at least a pixel of the picture
  /// for each of the image.
  ///
  /// - Parameters:
  ///   - width: of the picture, upright, in pixels.
  ///   - height: of the picture, upright, in pixels.
  /// - Returns: 8, 4, 2 or 1.
  public func denominator(width: Int, height: Int) -> Int {
    [8, 4, 2].first { part in
      let (across, down) = (width / part >= self.width, height / part >= self.height)
      // A picture that is shown whole may be narrower than the image.
      return fit == .pad ? across || down : across && down
    } ?? 1
  }

  /// How large a picture is, in pixels of what was decoded of it, upright: its last row and column may
  /// show more than it holds.
  public struct Extent: Sendable, Equatable {
    public let width: Double
    public let height: Double

    init(_ format: PictureFormat) {
      (width, height) = (Double(format.width), Double(format.height))
    }

    init(width: Int, height: Int, denominator: Int) {
      self.width = Double(width) / Double(denominator)
      self.height = Double(height) / Double(denominator)
    }
  }

  /// Lets a JPEG be decoded at the smallest scale that suffices; other formats come as they are.
  ///
  /// - Returns: how large the picture is then.
  /// - Throws: `CodecError`.
  public func reduce(_ reader: PictureReader) throws(CodecError) -> Extent {
    let format = reader.format
    let turns = reader.metadata.orientation.swapsAxes
    let (width, height) =
      turns ? (format.height, format.width) : (format.width, format.height)
    let part = denominator(width: width, height: height)
    guard part > 1, try reader.reduce(by: part) else {
      return Extent(width: width, height: height, denominator: 1)
    }
    return Extent(width: width, height: height, denominator: part)
  }
}
