import ImageCodecs
import Raster

/// How pictures of a folder become images of one kind.
struct PictureDecoder: Sendable {
  let folder: ImageFolder
  let listing: ImageFolder.Listing
  var preparation: ImagePreparation
  /// Whether pictures must have the size of the images.
  let mustMatch: Bool
  /// 1 or 3; nil for those of each picture.
  var channels: Int?
  /// What all work may take.
  let memory: MemoryLimit
  /// Pictures that share it.
  let sharers: Int

  struct Image: Sendable {
    let pixels: [UInt8]
    let channels: Int
    /// Whether the file holds more than this picture.
    let hasOthers: Bool
  }

  /// Why there is no image of a picture.
  enum Problem: Error, Sendable {
    case bad(BadPicture.Kind, String)
    /// It has another size than the others.
    case size(width: Int, height: Int)
  }

  /// What a file says of its picture, upright.
  struct Header {
    let width: Int
    let height: Int
    let isGray: Bool

    init(_ reader: PictureReader) {
      let format = reader.format
      let turns = reader.metadata.orientation.swapsAxes
      (width, height) =
        turns ? (format.height, format.width) : (format.width, format.height)
      isGray = format.color == .gray || format.color == .grayAlpha
    }
  }

  /// The image of an example of the listing.
  func image(_ index: Int) throws(Problem) -> Image {
    do {
      let reader = try PictureReader(.bytes(folder.read(listing.examples[index], listing)))
      let header = Header(reader)
      if mustMatch, header.width != preparation.width || header.height != preparation.height {
        throw Problem.size(width: header.width, height: header.height)
      }
      var preparation = preparation
      preparation.channels = channels ?? (header.isGray ? 1 : 3)
      let extent = try preparation.reduce(reader)
      try checkMemory(reader.pictureBytes, header)
      let picture = try reader.readPicture().upright(from: reader.metadata.orientation)
      return Image(
        pixels: preparation.image(of: picture, extent: extent), channels: preparation.channels,
        hasOthers: !reader.others.isEmpty)
    } catch let problem as Problem {
      throw problem
    } catch DatasetError.unreadable(_, let reason) {
      // Whoever is told names the file already.
      throw .bad(.unreadable, "cannot be read (\(reason))")
    } catch let error as CodecError {
      throw .bad(error.asksForMemory ? .tooLarge : .unreadable, error.refusal)
    } catch { throw .bad(.unreadable, "\(error)") }
  }

  /// - Throws: `Problem.bad`, which says what limit would do.
  private func checkMemory(_ needed: Int, _ header: Header) throws(Problem) {
    let share = max(1, memory.bytes / sharers)
    if needed <= share { return }
    let enough = needed.saturatingProduct(sharers)
    throw .bad(
      .tooLarge,
      "the picture of \(header.width)×\(header.height) needs \(byteText(needed)) of memory, one may "
        + "take \(byteText(share)), "
        + (sharers > 2
          ? "as \(sharers / 2) are read at a time; use fewer --threads"
          : "half of what there is; make it smaller")
        + (enough == .max ? "" : ", or --limit-memory \(enough / (1 << 20) + 1)M"))
  }
}
