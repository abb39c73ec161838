/// What is known of the images of a folder before any picture is decoded.
public struct ImageCensus: Sendable, Equatable {
  /// The name of the data set.
  public let name: String
  public let classNames: [String]
  /// Of an image, in pixels.
  public let height, width: Int
  /// Of an image: 1 or 3; 3 where the pictures themselves will say it.
  public let channels: Int
  /// Images of each class to learn from, `[classes]`.
  public let support: [Int]
  /// Images to choose and to judge by.
  public let validation, test: Int

  init(_ name: String, _ listing: ImageFolder.Listing, _ preparation: ImagePreparation) {
    self.name = name
    classNames = listing.classNames
    (height, width) = (preparation.height, preparation.width)
    channels = preparation.channels
    func count(_ part: ImageFolder.Split) -> Int { listing.examples.count { $0.part == part } }
    var support = [Int](repeating: 0, count: listing.classNames.count)
    for example in listing.examples where example.part == .train {
      support[Int(example.label)] += 1
    }
    self.support = support
    (validation, test) = (count(.validation), count(.test))
  }

  /// Images to learn from.
  public var train: Int { support.reduce(0, +) }

  /// Bytes that so many images take.
  public func bytes(_ count: Int) -> Int {
    [height, width, channels].reduce(count) { $0.saturatingProduct($1) }
  }
}

/// Whether there is room in memory for all images of a folder.
public struct ImageRoom: Sendable, Equatable {
  /// Bytes of all images.
  public let images: Int
  /// Bytes that are taken beside them while they are used.
  public let work: Int
  /// Bytes that there are.
  public let limit: Int

  public init(images: Int, work: Int, limit: Int) {
    (self.images, self.work, self.limit) = (images, work, limit)
  }

  /// Bytes that are enough. While the images are read, there are those one by one, and all together.
  public var needed: Int { images.saturatingSum(max(images, work)) }

  public var suffices: Bool { needed <= limit }
}
