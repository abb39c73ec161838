import ConvNet

extension Model {
  /// Size of the images that it was trained on, in pixels: larger than its input where it learnt
  /// from crops.
  var imageSize: SizeValue {
    let input = network.input
    let own = SizeValue(width: input.width, height: input.height)
    guard let size = facts["size"].flatMap({ SizeValue(argument: $0) }),
      (input.width...4096).contains(size.width), (input.height...4096).contains(size.height)
    else { return own }
    return size
  }

  /// - Throws: where the network takes no pictures: it is the head of one, or one of other data.
  func checkTakesPictures() throws(CommandFailure) {
    let input = network.input
    if input.isFlat || ![1, 3].contains(input.channels) {
      throw CommandFailure(
        "the network takes \(input) values, no pictures"
          + (facts["freeze"] == nil
            ? ""
            : "; it is the part that learns of an unfinished training, "
              + "which --resume finishes"))
    }
  }

  /// The pictures of each image that it was trained to be used with.
  var views: Views {
    facts["views"].flatMap { Int($0) }.flatMap { Views(rawValue: $0) } ?? .one
  }

  /// - Throws: where images are of another size or have other channels than those it was trained on.
  func check(width: Int, height: Int, channels: Int) throws(NetworkError) {
    let size = imageSize
    if (width, height, channels) != (size.width, size.height, network.input.channels) {
      throw .inputShape(
        model: FeatureShape(
          height: size.height, width: size.width, channels: network.input.channels),
        data: FeatureShape(height: height, width: width, channels: channels))
    }
  }
}
