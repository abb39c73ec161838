import ImageCodecs
import Raster

extension ImageFolder {
  /// The size to which the pictures of a folder are brought.
  ///
  /// Where nobody says it, that of the pictures, if all have the same and no side has more than 256
  /// pixels; else a square whose side is the median of their shorter sides, rounded down to a multiple of
  /// 16, but 64 at most: what a network learns on in minutes, be it photographs of one camera.
  struct SizeChoice {
    private(set) var size: (width: Int, height: Int)
    /// Whether all pictures must be of the size.
    private(set) var isOwn: Bool
    private var seen: [Seen] = []

    private struct Seen {
      let file: FilePath
      let width: Int
      let height: Int

      var text: String { "\(file) \(width)×\(height)" }
      var area: Int { width * height }
    }

    /// Pictures whose sizes are looked at before any is decoded, spread over all.
    private static let looked = 100
    private static let (largest, step) = (64, 16)
    /// Up to this side pictures of one size are taken as they are.
    static let largestOwn = 256

    /// - Parameter given: what was asked for, or nil.
    init(_ folder: ImageFolder, _ listing: Listing, given: (width: Int, height: Int)?) {
      size = given ?? (1, 1)
      isOwn = false
      guard given == nil else { return }
      let examples = listing.examples
      let stride = max(1, examples.count / Self.looked)
      for index in Swift.stride(from: 0, to: examples.count, by: stride) {
        guard let bytes = try? folder.read(examples[index], listing),
          let reader = try? PictureReader(.bytes(bytes))
        else { continue }
        let header = PictureDecoder.Header(reader)
        seen.append(
          Seen(file: examples[index].file, width: header.width, height: header.height))
      }
      choose()
    }

    /// Takes the size of another picture into account.
    mutating func add(_ file: FilePath, width: Int, height: Int) {
      seen.append(Seen(file: file, width: width, height: height))
      choose()
    }

    private mutating func choose() {
      guard let first = seen.first else { return }
      isOwn =
        max(first.width, first.height) <= Self.largestOwn
        && seen.allSatisfy { $0.width == first.width && $0.height == first.height }
      if isOwn {
        size = (first.width, first.height)
        return
      }
      let sides = seen.map { min($0.width, $0.height) }.sorted()
      let side = min(sides[sides.count / 2], Self.largest)
      let rounded = side < Self.step ? side : side / Self.step * Self.step
      size = (rounded, rounded)
    }

    /// What is to be said of the choice; nil where there was none.
    func warning(_ fit: Fit) -> DatasetWarning? {
      guard !isOwn, let smallest = seen.min(by: { $0.area < $1.area }),
        let largest = seen.max(by: { $0.area < $1.area })
      else { return nil }
      return .sizeChosen(
        width: size.width, height: size.height, fit: fit, smallest: smallest.text,
        largest: largest.text)
    }
  }
}
