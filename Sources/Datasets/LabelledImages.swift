import Raster

/// Images of one size with a class each, in memory.
///
/// The pixels are those of the files, 8 bit; `Normalization` makes the network's numbers of them.
public struct LabelledImages: Sendable, Equatable {
  /// Rows of an image, in pixels.
  public let height: Int
  /// Columns of an image, in pixels.
  public let width: Int
  /// Samples of a pixel: 1 (gray) or 3 (red, green, blue).
  public let channels: Int
  /// `[count, height, width, channels]`, 0…255.
  public let pixels: [UInt8]
  /// `[count]`, indices into the class names.
  public let labels: [Int32]
  /// `[count]`, the files they were read from, relative to the folder; empty where they are from none.
  public let files: [FilePath]

  public init(
    height: Int, width: Int, channels: Int, pixels: [UInt8], labels: [Int32],
    files: [FilePath] = []
  ) {
    precondition(files.isEmpty || files.count == labels.count, "a file for each image")
    precondition(height >= 1 && width >= 1 && channels >= 1, "an image has at least one sample")
    precondition(
      pixels.count == labels.count * height * width * channels, "one label for each image")
    self.height = height
    self.width = width
    self.channels = channels
    self.pixels = pixels
    self.labels = labels
    self.files = files
  }

  /// Number of images.
  public var count: Int { labels.count }

  /// Samples of one image: `height · width · channels`.
  public var samplesPerImage: Int { height * width * channels }

  /// The samples of image `index`, `[height, width, channels]`.
  public func image(_ index: Int) -> ArraySlice<UInt8> {
    pixels[index * samplesPerImage..<(index + 1) * samplesPerImage]
  }

  /// How often each class occurs, `[classes]`.
  public func support(classes: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: classes)
    for label in labels { counts[Int(label)] += 1 }
    return counts
  }

  /// The images at `indices`, in that order.
  public func selecting(_ indices: [Int]) -> LabelledImages {
    var selected: [UInt8] = []
    selected.reserveCapacity(indices.count * samplesPerImage)
    for index in indices { selected += image(index) }
    return LabelledImages(
      height: height, width: width, channels: channels, pixels: selected,
      labels: indices.map { labels[$0] },
      files: files.isEmpty ? [] : indices.map { files[$0] })
  }
}
