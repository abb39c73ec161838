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

  /// What to say where a picture is looked at once, of a model that judges several views.
  var oneLook: String {
    "looks at a picture once; predict and evaluate judge \(views.rawValue) views of it together, "
      + "unless --views 1 is said"
  }

  /// The share of each class that was to be held out of the training images, 0 to below 1; nil where
  /// nobody chose.
  ///
  /// - Throws: where the file says something else.
  func heldOutShare() throws(CommandFailure) -> Double? {
    guard let text = facts["validation"] else { return nil }
    guard let share = Double(text), share >= 0, share < 1 else {
      throw CommandFailure("the file is damaged: its share of images to hold out is unreadable")
    }
    return share
  }

  /// What drew the images that were held out.
  ///
  /// - Throws: where the file says something else.
  func seed() throws(CommandFailure) -> UInt64 {
    guard let text = facts["seed"] else { return 1 }
    guard let seed = UInt64(text) else {
      throw CommandFailure("the file is damaged: its seed is unreadable")
    }
    return seed
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
