extension Float {
  /// Above 0 and finite; smaller numbers than these count as 0 while a network is trained.
  var isPositive: Bool { self > 0 && isNormal }
}
