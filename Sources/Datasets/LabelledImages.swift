import Raster

/// Images of one size with a class each: in memory, or in files that are decoded whenever they are
/// asked for.
///
/// The pixels are those of the files, 8 bit; `Normalization` makes the network's numbers of them.
public struct LabelledImages: Sendable, Equatable {
  /// Rows of an image, in pixels.
  public let height: Int
  /// Columns of an image, in pixels.
  public let width: Int
  /// Samples of a pixel: 1 (gray) or 3 (red, green, blue).
  public let channels: Int
  /// `[count]`, indices into the class names.
  public let labels: [Int32]
  /// `[count]`, the files they were read from, relative to the folder; empty where they are from none.
  public let files: [FilePath]
  let place: Place

  /// Where the pixels are.
  enum Place: Sendable, Equatable {
    /// `[count, height, width, channels]`, 0…255.
    case memory([UInt8])
    /// `[count]`, the pictures of a store.
    case files(PictureStore, [Int32])
  }

  public init(
    height: Int, width: Int, channels: Int, pixels: [UInt8], labels: [Int32],
    files: [FilePath] = []
  ) {
    precondition(
      pixels.count == labels.count * height * width * channels, "one label for each image")
    self.init(
      height: height, width: width, channels: channels, .memory(pixels), labels: labels,
      files: files)
  }

  init(
    height: Int, width: Int, channels: Int, _ place: Place, labels: [Int32], files: [FilePath]
  ) {
    precondition(files.isEmpty || files.count == labels.count, "a file for each image")
    precondition(height >= 1 && width >= 1 && channels >= 1, "an image has at least one sample")
    self.height = height
    self.width = width
    self.channels = channels
    self.labels = labels
    self.files = files
    self.place = place
  }

  /// Number of images.
  public var count: Int { labels.count }

  /// Samples of one image: `height · width · channels`.
  public var samplesPerImage: Int { height * width * channels }

  /// Whether the pixels are in files.
  public var areRead: Bool { store != nil }

  /// The store of the pictures, where they are in files.
  public var store: PictureStore? {
    if case .files(let store, _) = place { store } else { nil }
  }

  /// All pixels, `[count, height, width, channels]`, 0…255, of images in memory.
  public var pixels: [UInt8] {
    guard case .memory(let pixels) = place else {
      preconditionFailure("images in files are asked for one by one")
    }
    return pixels
  }

  /// Bytes of the pixels that are kept in memory.
  public var bytes: Int {
    if case .memory(let pixels) = place { pixels.count } else { 0 }
  }

  /// The samples of image `index`, `[height, width, channels]`, of images in memory.
  public func image(_ index: Int) -> ArraySlice<UInt8> {
    pixels[index * samplesPerImage..<(index + 1) * samplesPerImage]
  }

  /// Calls `body` with the samples of an image, `[height, width, channels]`.
  ///
  /// - Throws: `DatasetError` where its file cannot be read any more.
  func withSamples<Result>(
    of index: Int, _ body: (UnsafePointer<UInt8>) -> Result
  ) throws(DatasetError) -> Result {
    switch place {
    case .memory(let pixels):
      // Safety: `index` is that of an image.
      return pixels.withUnsafeBufferPointer { body($0.baseAddress! + index * samplesPerImage) }
    case .files(let store, let members):
      let samples = try store.image(Int(members[index]))
      return samples.withUnsafeBufferPointer { body($0.baseAddress!) }
    }
  }

  /// How often each class occurs, `[classes]`.
  public func support(classes: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: classes)
    for label in labels { counts[Int(label)] += 1 }
    return counts
  }

  /// The images at `indices`, in that order.
  public func selecting(_ indices: [Int]) -> LabelledImages {
    let selected: Place
    switch place {
    case .memory:
      var pixels: [UInt8] = []
      pixels.reserveCapacity(indices.count * samplesPerImage)
      for index in indices { pixels += image(index) }
      selected = .memory(pixels)
    case .files(let store, let members):
      selected = .files(store, indices.map { members[$0] })
    }
    return LabelledImages(
      height: height, width: width, channels: channels, selected,
      labels: indices.map { labels[$0] },
      files: files.isEmpty ? [] : indices.map { files[$0] })
  }

  /// The same images with other labels.
  func relabelled(_ label: (Int32) -> Int32) -> LabelledImages {
    LabelledImages(
      height: height, width: width, channels: channels, place, labels: labels.map(label),
      files: files)
  }
}
