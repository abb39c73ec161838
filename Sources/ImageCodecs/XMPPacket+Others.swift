extension XMPPacket {
  /// Namespaces that speak of, or hold, other pictures of the file.
  static let pictures = [
    (namespace: gainMaps[0], what: "a gain map (HDR)"),
    (namespace: gainMaps[1], what: "a gain map (HDR)"),
    (namespace: Container.directory, what: "further pictures"),
    (namespace: Container.item, what: "further pictures"),
    (namespace: "http://ns.google.com/photos/1.0/image/", what: "the picture before its focus"),
    (namespace: "http://ns.google.com/photos/1.0/depthmap/", what: "a depth map"),
    (namespace: "http://ns.google.com/photos/dd/1.0/device/", what: "a depth map"),
  ]

  /// Takes out what says that a video stands behind the picture; whether there was any.
  mutating func removeMotion() -> Bool {
    let before = bytes.count
    remove(Namespace.camera) { $0.hasPrefix("MotionPhoto") || $0.hasPrefix("MicroVideo") }
    return bytes.count != before
  }
}
