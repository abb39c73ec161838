extension LabelledImages {
  /// Gray images and their labels from a pair of IDX files.
  ///
  /// - Parameters:
  ///   - images: three dimensions.
  ///   - labels: one dimension, each below `classes`.
  /// - Throws: `DatasetError` where the files do not fit together.
  public init(images: IDX, labels: IDX, classes: Int) throws(DatasetError) {
    guard images.sizes.count == 3 else {
      throw .unsupportedIDX(type: 8, dimensions: images.sizes.count)
    }
    guard labels.sizes.count == 1 else {
      throw .unsupportedIDX(type: 8, dimensions: labels.sizes.count)
    }
    guard images.sizes[0] == labels.sizes[0] else {
      throw .countsDiffer(images: images.sizes[0], labels: labels.sizes[0])
    }
    guard images.sizes[1] >= 1, images.sizes[2] >= 1, images.sizes[0] >= 1 else {
      throw .noPictures(others: nil)
    }
    if let label = labels.bytes.first(where: { Int($0) >= classes }) {
      throw .labelOutOfRange(label: Int(label), classes: classes)
    }
    self.init(
      height: images.sizes[1], width: images.sizes[2], channels: 1, pixels: images.bytes,
      labels: labels.bytes.map { Int32($0) })
  }
}
