import Raster
import Synchronization

/// The pictures of a folder or of archives, decoded whenever they are asked for: what is kept of each is
/// a few numbers, and as many images as there is room for.
///
/// The same images, bit for bit, as where all are kept.
public final class PictureStore: Sendable {
  private let decoder: PictureDecoder
  /// Of each picture of the listing; those of pictures that are left out say nothing.
  private let known: [ImageSums]
  /// What there was for all images, when none was kept.
  public let room: ImageRoom
  private let kept = Mutex(Kept())

  private struct Kept {
    var images: [Int32: [UInt8]] = [:]
    /// Bytes that further images may take.
    var room = 0
  }

  /// - Parameter decoder: which gives all images the same number of channels.
  init(_ decoder: PictureDecoder, known: [ImageSums], room: ImageRoom) {
    precondition(decoder.channels != nil, "images of one kind")
    self.decoder = decoder
    self.known = known
    self.room = room
  }

  /// Bytes that are kept beside an image's pixels: its place in a table.
  private static let overhead = 64

  /// Lets images be kept from now on, the first that are asked for, up to so many bytes.
  ///
  /// Each epoch asks for all: to give up those of before for others would gain nothing.
  public func keep(upTo bytes: Int) { kept.withLock { $0.room = max(0, bytes) } }

  /// What is known of a picture's image.
  func sums(_ index: Int) -> ImageSums { known[index] }

  /// The pixels of a picture, `[height, width, channels]`.
  ///
  /// - Throws: `inFile`, where a picture that could be read no longer can, or is another.
  func image(_ index: Int) throws(DatasetError) -> [UInt8] {
    let place = Int32(index)
    if let image = kept.withLock({ $0.images[place] }) { return image }
    let image: [UInt8]
    do {
      image = try decoder.image(index).pixels
    } catch {
      let file = "\(decoder.listing.examples[index].file)"
      switch error {
      case .bad(_, let reason): throw .inFile(file: file, problem: reason)
      case .size(let width, let height):
        throw .inFile(file: file, problem: "it has become a picture of \(width)×\(height)")
      }
    }
    let size = image.count + Self.overhead
    kept.withLock { kept in
      guard kept.room >= size, kept.images[place] == nil else { return }
      kept.room -= size
      kept.images[place] = image
    }
    return image
  }
}

extension PictureStore: Equatable {
  /// Whether they are the same one.
  public static func == (first: PictureStore, second: PictureStore) -> Bool { first === second }
}
